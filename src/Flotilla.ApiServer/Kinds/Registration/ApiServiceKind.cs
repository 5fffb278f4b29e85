using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Registration;

/// <summary>APIServices: named after the version and group that they register.</summary>
internal sealed class ApiServiceKind() : BuiltInKind(KindTraits.Status | KindTraits.ConditionalUpdate, (name, _) => Names.PathSegmentProblems(name))
{
    private const int HighestGroupPriority = 20000;
    private const int HighestVersionPriority = 1000;

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        var (group, version) = (spec.Text("group"), spec.Text("version"));
        var (name, required) = (obj.Object("metadata").Text("name"), $"{version}.{group}");
        if (name.Length > 0 && name != required && !Names.PathSegmentProblems(name).Any())
            problems.Invalid(FieldPath.Metadata["name"], name, $"must be `spec.version+\".\"+spec.group`: \"{required}\"");
        if (group.Length == 0 && version != "v1")
            problems.Required(path["group"], "only v1 may have an empty group and it better be legacy kube");
        if (group.Length > 0)
            problems.Invalid(path["group"], group, Names.DnsSubdomainProblems(group));
        problems.Invalid(path["version"], version, Names.Dns1035LabelProblems(version));
        if (spec.Number("groupPriorityMinimum") is <= 0 or > HighestGroupPriority)
            problems.Invalid(path["groupPriorityMinimum"], spec.Number("groupPriorityMinimum"), $"must be positive and less than {HighestGroupPriority}");
        if (spec.Number("versionPriority") is <= 0 or > HighestVersionPriority)
            problems.Invalid(path["versionPriority"], spec.Number("versionPriority"), $"must be positive and less than {HighestVersionPriority}");
        if (spec.Object("service") is { } service)
            Remote(problems, path, spec, service);
        else
            Local(problems, path, spec);
    }

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        foreach (var (at, condition) in StatusOf(obj).Each("conditions", FieldPath.Status))
            problems.OneOf(at["status"], condition.Text("status"), "False", "True", "Unknown");
    }

    public override void PrepareForCreate(JsonObject obj)
    {
        // What the server itself serves is there at once.
        if (SpecOf(obj).Has("service"))
            return;
        obj["status"] = new JsonObject
        {
            ["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "Available",
                ["status"] = "True",
                ["lastTransitionTime"] = obj.Object("metadata").Text("creationTimestamp"),
                ["reason"] = "Local",
                ["message"] = "Local APIServices are always available",
            }),
        };
    }

    private static void Local(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        if (spec.Text("caBundle") is { Length: > 0 } bundle)
            problems.Invalid(path["caBundle"], $"{Convert.FromBase64String(bundle).Length} bytes", "local APIServices may not have a caBundle");
        if (spec.IsTrue("insecureSkipTLSVerify"))
            problems.Invalid(path["insecureSkipTLSVerify"], true, "local APIServices may not have insecureSkipTLSVerify");
    }

    private static void Remote(FieldProblems problems, FieldPath path, JsonObject spec, JsonObject service)
    {
        foreach (var field in (ReadOnlySpan<string>)["namespace", "name"])
        {
            if (service.Text(field).Length == 0)
                problems.Required(path["service"][field]);
        }
        if (service.Number("port") is < 1 or > 65535)
            problems.Invalid(path["service"]["port"], service.Number("port"), "port is not valid: must be between 1 and 65535, inclusive");
        if (spec.IsTrue("insecureSkipTLSVerify") && spec.Text("caBundle").Length > 0)
            problems.Invalid(path["insecureSkipTLSVerify"], true, "may not be true if caBundle is present");
    }
}
