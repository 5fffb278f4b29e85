using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>What is allowed in Pods but deserves a warning.</summary>
internal static class PodWarnings
{
    private const string NoMatch = "a null labelSelector results in matching no pod";

    private static readonly Dictionary<string, string> DeprecatedAnnotations = new()
    {
        ["scheduler.alpha.kubernetes.io/critical-pod"] = "non-functional in v1.16+; use the \"priorityClassName\" field instead",
        ["security.alpha.kubernetes.io/sysctls"] = "non-functional in v1.11+; use the \"sysctls\" field instead",
        ["security.alpha.kubernetes.io/unsafe-sysctls"] = "non-functional in v1.11+; use the \"sysctls\" field instead",
    };

    /// <summary>Sources by the field they are in; the name shown may differ.</summary>
    private static readonly (string Field, string Shown, string Text)[] DeprecatedVolumes =
    [
        ("photonPersistentDisk", "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
        ("gitRepo", "gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
        ("scaleIO", "scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
        ("flocker", "flocker", "deprecated in v1.22, non-functional in v1.25+"),
        ("storageos", "storageOS", "deprecated in v1.22, non-functional in v1.25+"),
        ("quobyte", "quobyte", "deprecated in v1.22, non-functional in v1.25+"),
        ("glusterfs", "glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
        ("cephfs", "cephfs", "deprecated in v1.28, non-functional in v1.31+"),
        ("rbd", "rbd", "deprecated in v1.28, non-functional in v1.31+"),
    ];

    /// <summary>Names of workloads become parts of host names.</summary>
    public static IEnumerable<string> OfName(JsonObject obj, JsonObject? old, string use = "Pod names and hostnames")
    {
        if (old is not null)
            yield break;
        var problems = Names.DnsLabelProblems(obj.Object("metadata").Text("name")).ToList();
        if (problems.Count > 0)
            yield return $"metadata.name: this is used in {use}, which can result in surprising behavior; a DNS label is recommended: [{string.Join(' ', problems)}]";
    }

    /// <summary>Warnings about a new Pod.</summary>
    public static IEnumerable<string> OfPod(JsonObject pod) => Of(null, pod.Object("metadata"), pod.Object("spec") ?? []);

    /// <summary>Warnings about the template in a workload.</summary>
    public static IEnumerable<string> OfTemplate(FieldPath path, JsonObject? template) =>
        Of(path, template.Object("metadata"), template.Object("spec") ?? []);

    private static IEnumerable<string> Of(FieldPath? path, JsonObject? metadata, JsonObject spec)
    {
        var at = path is null ? FieldPath.Spec : path["spec"];
        var annotationsAt = (path is null ? FieldPath.Metadata : path["metadata"])["annotations"];
        var annotations = metadata.Object("annotations");
        return Scheduling(at, spec)
            .Concat(DeprecatedAnnotations.Where(a => annotations.Has(a.Key)).Select(a => $"{annotationsAt.Key(a.Key)}: {a.Value}"))
            .Concat(Volumes(at, spec))
            .Concat(VolumeOverlaps.Warnings(spec))
            .Concat(Duplicates(at, spec))
            .Concat(Fractions(at["overhead"], spec.Object("overhead")))
            .Concat(Profiles(annotationsAt, annotations, spec, isTemplate: path is not null))
            .Concat(PodScope.Containers(spec, at).SelectMany(container => Container(container.Path, container.Container)))
            .Concat(PortWarnings.Of(at, spec))
            .Concat(spec.Number("terminationGracePeriodSeconds") < 0
                ? [$"{at["terminationGracePeriodSeconds"]}: must be >= 0; negative values are invalid and will be treated as 1"]
                : [])
            .Concat(PodAffinity(at["affinity"], spec.Object("affinity")));
    }

    private static IEnumerable<string> Scheduling(FieldPath path, JsonObject spec)
    {
        foreach (var (key, _) in spec.Object("nodeSelector") ?? [])
        {
            if (NodeLabels.Deprecation(key) is { } why)
                yield return $"{path["nodeSelector"].Key(key)}: {why}";
        }
        var (node, at) = (spec.Object("affinity").Object("nodeAffinity"), path["affinity"]["nodeAffinity"]);
        const string required = "requiredDuringSchedulingIgnoredDuringExecution";
        foreach (var (termAt, term) in node.Object(required).Each("nodeSelectorTerms", at[required]))
        {
            foreach (var warning in NodeLabels.TermWarnings(termAt, term, checkValues: false))
                yield return warning;
        }
        foreach (var (termAt, term) in node.Each("preferredDuringSchedulingIgnoredDuringExecution", at))
        {
            foreach (var warning in NodeLabels.TermWarnings(termAt["preference"], term.Object("preference"), checkValues: true))
                yield return warning;
        }
        foreach (var (constraintAt, constraint) in spec.Each("topologySpreadConstraints", path))
        {
            if (NodeLabels.Deprecation(constraint.Text("topologyKey")) is { } why)
                yield return $"{constraintAt["topologyKey"]}: {constraint.Text("topologyKey")} is {why}";
            if (!constraint.Has("labelSelector"))
                yield return $"{constraintAt["labelSelector"]}: {NoMatch}";
        }
    }

    private static IEnumerable<string> Volumes(FieldPath path, JsonObject spec)
    {
        foreach (var (at, volume) in spec.Each("volumes", path))
        {
            foreach (var (field, shown, text) in DeprecatedVolumes)
            {
                if (volume.Has(field))
                    yield return $"{at[shown]}: {text}";
            }
            var claim = volume.Object("ephemeral").Object("volumeClaimTemplate").Object("spec").Object("resources");
            var claimAt = at["ephemeral"]["volumeClaimTemplate"]["spec"]["resources"];
            foreach (var warning in Fractions(claimAt["requests"], claim.Object("requests"), "storage").Concat(Fractions(claimAt["limits"], claim.Object("limits"), "storage")))
                yield return warning;
        }
    }

    private static IEnumerable<string> Duplicates(FieldPath path, JsonObject spec)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, alias) in spec.Each("hostAliases", path))
        {
            if (!seen.Add(alias.Text("ip")))
                yield return $"{at["ip"]}: duplicate ip \"{alias.Text("ip")}\"";
        }
        seen.Clear();
        var secrets = spec.Each("imagePullSecrets", path).ToList();
        foreach (var (at, secret) in secrets)
        {
            if (!seen.Add(secret.Text("name")))
                yield return $"{at["name"]}: duplicate name \"{secret.Text("name")}\"";
        }
        foreach (var (at, _) in secrets.Where(secret => secret.Item.Text("name").Length == 0))
            yield return $"{at["name"]}: invalid empty name \"\"";
    }

    /// <summary>Amounts of bytes should be whole.</summary>
    public static IEnumerable<string> Fractions(FieldPath path, JsonObject? amounts, params string[] names)
    {
        foreach (var name in names.Length > 0 ? names : ["memory", "ephemeral-storage"])
        {
            if (amounts.Member(name) is { } value && !value.Amount().IsWhole)
                yield return $"{path.Key(name)}: fractional byte value \"{value.AsStringOrNull()}\" is invalid, must be an integer";
        }
    }

    private static IEnumerable<string> Profiles(FieldPath path, JsonObject? annotations, JsonObject spec, bool isTemplate)
    {
        const string seccomp = "non-functional in v1.27+; use the \"seccompProfile\" field instead";
        if (annotations is null)
            yield break;
        if (annotations.Has(PodAnnotations.SeccompPod) && !spec.Object("securityContext").Has("seccompProfile"))
            yield return $"{path.Key(PodAnnotations.SeccompPod)}: {seccomp}";
        foreach (var (_, container) in PodScope.Containers(spec, FieldPath.Spec))
        {
            var context = container.Object("securityContext");
            var key = PodAnnotations.SeccompContainerPrefix + container.Text("name");
            if (annotations.Has(key) && !context.Has("seccompProfile"))
                yield return $"{path.Key(key)}: {seccomp}";
            key = PodAnnotations.AppArmorPrefix + container.Text("name");
            if (isTemplate && annotations.Has(key) && !context.Has("appArmorProfile"))
                yield return $"{path.Key(key)}: deprecated since v1.30; use the \"appArmorProfile\" field instead";
        }
    }

    private static IEnumerable<string> Container(FieldPath path, JsonNode? container)
    {
        var (resources, at) = (container.Object("resources"), path["resources"]);
        var amounts = new[] { "memory", "ephemeral-storage" }.SelectMany(name =>
            Fractions(at["limits"], resources.Object("limits"), name).Concat(Fractions(at["requests"], resources.Object("requests"), name)));
        foreach (var warning in amounts)
            yield return warning;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (variableAt, variable) in container.Each("env", path))
        {
            var name = variable.Text("name");
            var reference = $"$({name})";
            // A later definition that builds on the earlier one is meant.
            if (!seen.Add(name) && (variable.Has("valueFrom") || variable.Text("value") == reference || !variable.Text("value").Contains(reference, StringComparison.Ordinal)))
                yield return $"{variableAt}: hides previous definition of \"{name}\", which may be dropped when using apply";
        }
    }

    private static IEnumerable<string> PodAffinity(FieldPath path, JsonObject? affinity)
    {
        foreach (var kind in new[] { "podAffinity", "podAntiAffinity" })
        {
            foreach (var (at, term) in affinity.Object(kind).Each("requiredDuringSchedulingIgnoredDuringExecution", path[kind]))
            {
                if (!term.Has("labelSelector"))
                    yield return $"{at["labelSelector"]}: {NoMatch}";
            }
            foreach (var (at, term) in affinity.Object(kind).Each("preferredDuringSchedulingIgnoredDuringExecution", path[kind]))
            {
                if (!term.Object("podAffinityTerm").Has("labelSelector"))
                    yield return $"{at["podAffinityTerm"]["labelSelector"]}: {NoMatch}";
            }
        }
    }
}
