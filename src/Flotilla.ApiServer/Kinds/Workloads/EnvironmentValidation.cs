using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Environment variables and what they refer to.</summary>
internal static class EnvironmentValidation
{
    private const string OneSource = "may not have more than one field specified at a time";

    private static readonly string[] EnvironmentFields =
        ["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"];

    private static readonly string[] VolumeFields = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

    private static readonly HashSet<string> KnownFields =
    [
        .. EnvironmentFields, .. VolumeFields, "spec.restartPolicy", "spec.schedulerName", "status.phase", "spec.host",
    ];

    private static readonly string[] ResourceFields =
        ["limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"];

    private static readonly HashSet<string> Divisors = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

    public static void Variables(FieldProblems problems, FieldPath path, JsonNode? container)
    {
        foreach (var (at, variable) in container.Each("env", path))
        {
            if (variable.Text("name") is { Length: > 0 } name)
                problems.Invalid(at["name"], name, NameProblems(name));
            else
                problems.Required(at["name"]);
            if (variable.Object("valueFrom") is { } source)
                ValueFrom(problems, at["valueFrom"], source, variable.Text("value").Length > 0);
        }
    }

    public static void Sources(FieldProblems problems, FieldPath path, JsonNode? container)
    {
        foreach (var (at, source) in container.Each("envFrom", path))
        {
            if (source.Text("prefix") is { Length: > 0 } prefix)
                problems.Invalid(at["prefix"], prefix, NameProblems(prefix));
            var found = 0;
            foreach (var kind in (ReadOnlySpan<string>)["configMapRef", "secretRef"])
            {
                if (source.Object(kind) is not { } reference)
                    continue;
                found++;
                if (reference.Text("name") is { Length: > 0 } name)
                    problems.Invalid(at[kind]["name"], name, Names.DnsSubdomainProblems(name, prefix: true));
                else
                    problems.Required(at[kind]["name"]);
            }
            if (found != 1)
                problems.Invalid(path["envFrom"], "", found == 0 ? "must specify one of: `configMapRef` or `secretRef`" : OneSource);
        }
    }

    /// <summary>A field of the Pod that is shown in a variable (or, with <paramref name="inVolume"/>, in a file).</summary>
    public static void PodField(FieldProblems problems, FieldPath path, JsonObject reference, bool inVolume)
    {
        if (reference.Text("apiVersion").Length == 0)
        {
            problems.Required(path["apiVersion"]);
            return;
        }
        var field = reference.Text("fieldPath");
        if (field.Length == 0)
        {
            problems.Required(path["fieldPath"]);
            return;
        }
        if (field.EndsWith("']", StringComparison.Ordinal) && field.IndexOf("['", StringComparison.Ordinal) is > 0 and var open)
        {
            var (map, key) = (field[..open], field[(open + 2)..^2]);
            if (map is "metadata.annotations" or "metadata.labels")
                problems.Invalid(path, key, Names.QualifiedNameProblems(map == "metadata.annotations" ? key.ToLowerInvariant() : key));
            else
                problems.Invalid(path["fieldPath"], field, $"error converting fieldPath: field label does not support subscript: {field}");
        }
        else if (reference.Text("apiVersion") != "v1")
            problems.Invalid(path["fieldPath"], field, $"error converting fieldPath: unsupported pod version: {reference.Text("apiVersion")}");
        else if (!KnownFields.Contains(field))
            problems.Invalid(path["fieldPath"], field, $"error converting fieldPath: field label not supported: {field}");
        else
            problems.OneOf(path["fieldPath"], field == "spec.host" ? "spec.nodeName" : field, inVolume ? VolumeFields : EnvironmentFields);
    }

    /// <summary>A resource of a container that is shown in a variable or file.</summary>
    public static void ResourceField(FieldProblems problems, FieldPath path, JsonObject reference, bool inVolume)
    {
        var resource = reference.Text("resource");
        var hugePages = resource.StartsWith("limits.hugepages-", StringComparison.Ordinal) || resource.StartsWith("requests.hugepages-", StringComparison.Ordinal);
        if (inVolume && reference.Text("containerName").Length == 0)
            problems.Required(path["containerName"]);
        else if (resource.Length == 0)
            problems.Required(path["resource"]);
        else if (!hugePages)
            problems.OneOf(path["resource"], resource, ResourceFields);

        var divisor = reference.Member("divisor").Amount();
        if (divisor.IsZero)
            return;
        if (resource is "limits.cpu" or "requests.cpu")
        {
            if (divisor.ToString() is not ("1" or "1m"))
                problems.Invalid(path["divisor"], resource, "only divisor's values 1m and 1 are supported with the cpu resource");
        }
        else if ((hugePages || Array.IndexOf(ResourceFields, resource) >= 0) && !Divisors.Contains(divisor.ToString()))
        {
            var what = hugePages ? "hugepages" : resource.EndsWith("memory", StringComparison.Ordinal) ? "memory" : "local ephemeral storage";
            problems.Invalid(path["divisor"], resource, $"only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the {what} resource");
        }
    }

    private static void ValueFrom(FieldProblems problems, FieldPath path, JsonObject source, bool hasValue)
    {
        var found = 0;
        if (source.Object("fieldRef") is { } field && ++found > 0)
            PodField(problems, path["fieldRef"], field, inVolume: false);
        if (source.Object("resourceFieldRef") is { } resource && ++found > 0)
            ResourceField(problems, path["resourceFieldRef"], resource, inVolume: false);
        foreach (var kind in (ReadOnlySpan<string>)["configMapKeyRef", "secretKeyRef"])
        {
            if (source.Object(kind) is not { } reference)
                continue;
            found++;
            problems.Invalid(path[kind]["name"], reference.Text("name"), Names.DnsSubdomainProblems(reference.Text("name")));
            if (reference.Text("key") is { Length: > 0 } key)
                problems.Invalid(path[kind]["key"], key, Names.ConfigKeyProblems(key));
            else
                problems.Required(path[kind]["key"]);
        }
        if (source.Object("fileKeyRef") is { } file && ++found > 0)
            FileKey(problems, path["fileKeyRef"], file);

        if (found == 0)
            problems.Invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
        else if (hasValue)
            problems.Invalid(path, "", "may not be specified when `value` is not empty");
        else if (found > 1)
            problems.Invalid(path, "", OneSource);
    }

    private static void FileKey(FieldProblems problems, FieldPath path, JsonObject reference)
    {
        if (reference.Text("key") is { Length: > 0 } key)
            problems.Invalid(path["key"], key, NameProblems(key));
        else
            problems.Required(path["key"]);
        if (reference.Text("volumeName") is { Length: > 0 } volume)
            problems.Invalid(path["volumeName"], volume, Names.DnsLabelProblems(volume));
        else
            problems.Required(path["volumeName"]);
        if (reference.Text("path") is { Length: > 0 } file)
            VolumePaths.NoBacksteps(problems, path["path"], file);
        else
            problems.Required(path["path"]);
    }

    private static IEnumerable<string> NameProblems(string name)
    {
        if (name.AsSpan().ContainsAnyExceptInRange(' ', '~') || name.Contains('=', StringComparison.Ordinal))
            yield return "a valid environment variable name must consist only of printable ASCII characters other than '='";
    }
}
