using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flotilla.ApiServer.Kinds.Decoding;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;
using Flotilla.TestKit;

namespace Flotilla.ApiServer.Tests.ManagedFields;

/// <summary>Walks recorded conversations with kube-apiserver and checks the owners that we compute against the recorded ones.</summary>
public sealed partial class RecordedOwnersTests
{
    public static TheoryData<string> Transcripts()
    {
        var data = new TheoryData<string>();
        if (Repository.Shared is null)
            data.Add("");
        else
            data.AddRange(Directory.GetFiles(Path.Combine(Repository.Shared, "kubernetes", "transcripts"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order());
        return data;
    }

    [Theory]
    [MemberData(nameof(Transcripts))]
    public void Owners_are_those_that_were_recorded(string name)
    {
        Assert.SkipWhen(name.Length == 0, "the recorded conversations are not beside the checkout");
        var transcript = JsonText.Parse(File.ReadAllBytes(Path.Combine(Repository.Shared!, "kubernetes", "transcripts", name + ".json")))!;
        var walk = new Walk(transcript);
        foreach (var step in transcript.Array("steps")!)
            walk.Check(step!);
        Assert.True(walk.Differences.Count == 0, string.Join('\n', walk.Differences));
    }

    private sealed partial class Walk(JsonNode transcript)
    {
        private readonly Dictionary<string, JsonObject> objects = [];
        private readonly Dictionary<(string, string), FieldManager> managers = [];
        private readonly Dictionary<string, string> variables = transcript.Object("vars")!.ToDictionary(v => v.Key, v => v.Value!.GetValue<string>());

        public List<string> Differences { get; } = [];

        public void Check(JsonNode step)
        {
            var response = step.Object("response").Object("body");
            var status = step.Object("response").Member("status").AsInt64OrNull();
            var path = Substitute(step.String("path")!);
            var method = step.String("method");
            if (method == "DELETE" && response.String("kind") == "Status")
                objects.Remove(Locate(path).Key);
            else if (status is 200 or 201 && response.String("kind") is { } kind && Manager(response.String("apiVersion")!, kind) is { } manager)
                CheckWrite(step, manager, method!, path, response!);
            else if (status == 409 && step.String("contentType") == "application/apply-patch+yaml" && Owner(path) is { } owner)
                CheckConflict(step, owner, path, response!);
            foreach (var (variable, from) in step.Object("save") ?? [])
            {
                JsonNode? value = response;
                foreach (var part in from!.GetValue<string>().Split('.'))
                    value = value.Member(part);
                if (value.AsStringOrNull() is { } text)
                    variables[variable] = text;
            }
        }

        private void CheckWrite(JsonNode step, FieldManager manager, string method, string path, JsonObject recorded)
        {
            var dryRun = step.Object("query").Member("dryRun") is not null;
            var (key, subresource) = Locate(method == "POST" ? $"{path}/{recorded.Object("metadata").String("name")}" : path);
            var live = method == "POST" ? null : As(recorded.String("apiVersion")!, objects.GetValueOrDefault(key));
            var now = Latest(recorded);
            if (method != "GET" && method != "DELETE" && subresource is "" or "status")
            {
                var name = step.Object("query").String("fieldManager") ?? "replay";
                JsonObject result;
                if (step.String("contentType") == "application/apply-patch+yaml")
                {
                    if (step.Member("body") is not JsonObject body)
                    {
                        objects[key] = recorded;
                        return;
                    }
                    result = manager.Apply(live, (JsonObject)JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(Substitute(body.ToJsonString())))!,
                        name, step.Object("query").String("force") == "true", subresource, now);
                    if (recorded.String("kind") == "ConfigMap" || BuiltInTypes.Instance.Kind(recorded.String("apiVersion")!, recorded.String("kind")!) is null)
                        CompareContent(step, recorded, result, subresource);
                }
                else
                {
                    result = (JsonObject)recorded.DeepClone();
                    result.Object("metadata")!.Remove("managedFields");
                    ForgetServersOwn(result, live);
                    manager.Update(live, result, name, subresource, now);
                }
                var (expected, actual) = (Timeless(recorded), Timeless(result));
                if (expected != actual)
                    Differences.Add($"{step.String("name")}:\n  recorded {expected}\n  computed {actual}");
            }
            if (!dryRun && subresource is "" or "status")
                objects[key] = recorded;
        }

        private void CheckConflict(JsonNode step, FieldManager manager, string path, JsonObject recorded)
        {
            var (key, subresource) = Locate(path);
            var body = (JsonObject)JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(Substitute(step.Object("body")!.ToJsonString())))!;
            var thrown = Assert.Throws<ApiStatusException>(() => manager.Apply(
                objects[key], body, step.Object("query").String("fieldManager")!, step.Object("query").String("force") == "true", subresource, DateTimeOffset.UnixEpoch));
            Assert.Equal(recorded.String("message"), thrown.Message);
            var expected = ApiStatus.FromJson(recorded)!;
            Assert.Equal(expected.Causes.OrderBy(c => c.Field), thrown.Status.Causes.OrderBy(c => c.Field));
            Assert.Equal((expected.Code, expected.Reason), (thrown.Status.Code, thrown.Status.Reason));
        }

        /// <summary>The merged object, as far as nothing is defaulted or reset: what is not the server's own is as recorded.</summary>
        private void CompareContent(JsonNode step, JsonObject recorded, JsonObject result, string subresource)
        {
            if (BuiltInTypes.Instance.Kind(recorded.String("apiVersion")!, recorded.String("kind")!) is { } schema)
                Assert.Null(TypedDecoding.Decode(result, schema));
            foreach (var (part, reset) in new[] { ("data", false), ("binaryData", false), ("immutable", false), ("spec", subresource == "status"), ("status", subresource.Length == 0) })
            {
                if (!reset && !JsonNodeExtensions.DeepEquals(recorded[part], result[part]))
                    Differences.Add($"{step.String("name")}: {part}\n  recorded {recorded[part]?.ToJsonString()}\n  computed {result[part]?.ToJsonString()}");
            }
            foreach (var part in subresource.Length == 0 ? new[] { "labels", "annotations", "finalizers", "ownerReferences" } : [])
            {
                if (!JsonNodeExtensions.DeepEquals(recorded["metadata"]![part], result["metadata"]![part]))
                    Differences.Add($"{step.String("name")}: {part}\n  recorded {recorded["metadata"]![part]?.ToJsonString()}\n  computed {result["metadata"]![part]?.ToJsonString()}");
            }
        }

        /// <summary>What the server adds after it has computed the owners.</summary>
        private static void ForgetServersOwn(JsonObject obj, JsonObject? live)
        {
            if (obj.String("kind") == "Namespace" && live is null)
                obj.Remove("spec");
            if (live.Object("metadata").Member("deletionTimestamp") is null)
            {
                obj.Object("metadata")!.Remove("deletionTimestamp");
                obj.Object("metadata")!.Remove("deletionGracePeriodSeconds");
            }
        }

        /// <summary>A stored object as the endpoint of another version of its CRD reads it: unknown fields are gone.</summary>
        private JsonObject? As(string apiVersion, JsonObject? obj)
        {
            if (obj is null || obj.String("apiVersion") == apiVersion || CustomSchema(apiVersion, obj.String("kind")!) is not var (schema, _))
                return obj;
            var read = Converted(obj, apiVersion);
            foreach (var (name, _) in ((JsonObject)obj["spec"]!).Where(p => !schema.Properties["spec"].Properties.ContainsKey(p.Key)))
                read.Object("spec")!.Remove(name);
            return read;
        }

        private static JsonObject Converted(JsonObject obj, string apiVersion)
        {
            var copy = (JsonObject)obj.DeepClone();
            copy["apiVersion"] = apiVersion;
            return copy;
        }

        private FieldManager? Owner(string path)
        {
            var live = objects.GetValueOrDefault(Locate(path).Key);
            return live is null ? null : Manager(live.String("apiVersion")!, live.String("kind")!);
        }

        private FieldManager? Manager(string apiVersion, string kind)
        {
            if (managers.TryGetValue((apiVersion, kind), out var manager))
                return manager;
            if (BuiltInTypes.Instance.Kind(apiVersion, kind) is { } schema)
            {
                if (!IsFullyWrittenByClients(kind) || BuiltInTypes.Instance.Resources.FirstOrDefault(r => r.ApiVersion == apiVersion && r.Kind == kind) is not { } resource)
                    return null;
                var empty = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind };
                Assert.Null(TypedDecoding.Decode(empty, schema));
                manager = new FieldManager(schema, apiVersion, kind, ResetFields.Of(resource), empty: empty);
            }
            else if (CustomSchema(apiVersion, kind) is var (custom, hasStatus))
            {
                manager = new FieldManager(custom, apiVersion, kind, ResetFields.OfCustomResource(hasStatus),
                    (obj, version) => CustomSchema(version, kind) is var (schema, _) ? new VersionedObject(Converted(obj, version), schema) : null);
            }
            else
            {
                return null;
            }
            return managers[(apiVersion, kind)] = manager;
        }

        // Not requests; nor kinds in which the server fills fields that clients may set as well.
        private static bool IsFullyWrittenByClients(string kind) =>
            !kind.EndsWith("List", StringComparison.Ordinal) && !kind.EndsWith("Review", StringComparison.Ordinal)
            && kind is not ("Status" or "Scale" or "TokenRequest" or "Eviction" or "Pod" or "Service" or "Job" or "Node");

        private (Schema Schema, bool HasStatus)? CustomSchema(string apiVersion, string kind)
        {
            foreach (var definition in objects.Values.Where(o => o.String("kind") == "CustomResourceDefinition"))
            {
                var spec = definition.Object("spec");
                if (spec.Object("names").String("kind") != kind || !apiVersion.StartsWith(spec.String("group") + "/", StringComparison.Ordinal))
                    continue;
                foreach (var version in spec.Array("versions")!)
                {
                    if (apiVersion == $"{spec.String("group")}/{version.String("name")}")
                        return (new SchemaReader().Read(version.Object("schema").Object("openAPIV3Schema")!), version.Object("subresources").Member("status") is not null);
                }
            }
            return null;
        }

        private static (string Key, string Subresource) Locate(string path)
        {
            path = CustomVersion().Replace(path, "$1/any/");
            var match = Subresource().Match(path);
            return match.Success ? (match.Groups[1].Value, match.Groups[2].Value) : (path, "");
        }

        private static DateTimeOffset Latest(JsonObject obj) => (ManagedFieldsList.Of(obj) ?? [])
            .Select(e => e.String("time") is { } time ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture) : default)
            .DefaultIfEmpty()
            .Max();

        private static string Timeless(JsonObject obj)
        {
            var entries = (JsonArray?)ManagedFieldsList.Of(obj)?.DeepClone() ?? [];
            foreach (var entry in entries.OfType<JsonObject>())
            {
                if (entry.ContainsKey("time"))
                    entry["time"] = "some";
            }
            return string.Join('\n', entries.Select(e => string.Join(' ', ((JsonObject)e!).OrderBy(p => p.Key).Select(p => p.Value!.ToJsonString()))));
        }

        private string Substitute(string text) =>
            Variable().Replace(text, m => variables.GetValueOrDefault(m.Groups[1].Value, m.Value));

        [GeneratedRegex(@"\$\{(\w+)\}")]
        private static partial Regex Variable();

        [GeneratedRegex(@"^(/apis/[^/]+\.example\.com)/[^/]+/")]
        private static partial Regex CustomVersion();

        [GeneratedRegex(@"^((?:/api/v1|/apis/[^/]+/[^/]+)(?:/namespaces/[^/]+)?/[^/]+/[^/]+)/([a-z]+)$")]
        private static partial Regex Subresource();
    }
}
