using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>The spec of a Pod, alone or in the template of a workload.</summary>
internal static partial class PodSpecValidation
{
    private const int MaxNameservers = 3;
    private const int MaxSearches = 32;
    private const int MaxSearchText = 2048;

    /// <summary>All problems of a spec.</summary>
    /// <param name="problems">Gets them.</param>
    /// <param name="path">Where the spec is.</param>
    /// <param name="spec">The spec.</param>
    /// <param name="isPod">Whether it is a Pod's own (not a template's).</param>
    /// <param name="podName">The Pod's name; empty in a template.</param>
    public static void Check(FieldProblems problems, FieldPath path, JsonObject spec, bool isPod = false, string podName = "")
    {
        var scope = new PodScope(spec, isPod, podName);
        if (scope.GracePeriod is null)
            problems.Required(path["terminationGracePeriodSeconds"]);
        VolumeValidation.Check(problems, path, spec, scope);
        ResourceClaims(problems, path, spec);
        ContainerValidation.Containers(problems, path, spec, scope);
        ContainerValidation.InitContainers(problems, path, spec, scope);
        ContainerValidation.EphemeralContainers(problems, path, spec, scope);
        if (spec.Object("resources") is { } resources)
            PodResources(problems, path["resources"], spec, resources, scope);
        HostNetwork(problems, path, spec, isPod);
        problems.RequiredOneOf(path["restartPolicy"], scope.RestartPolicy, "Always", "OnFailure", "Never");
        problems.RequiredOneOf(path["dnsPolicy"], spec.Text("dnsPolicy"), "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        LabelRules.Labels(problems, path["nodeSelector"], spec.Object("nodeSelector"));
        SecurityValidation.Pod(problems, path, spec);
        SchedulingValidation.Affinity(problems, path["affinity"], spec.Object("affinity"));
        Dns(problems, path["dnsConfig"], spec);
        foreach (var (at, gate) in spec.Each("readinessGates", path))
            problems.Invalid(at["conditionType"], gate.Text("conditionType"), Names.QualifiedNameProblems(gate.Text("conditionType")));
        SchedulingGates(problems, path, spec);
        SchedulingValidation.TopologySpread(problems, path, spec);
        HostUsers(problems, path, spec, scope);
        Hostname(problems, path, spec);
        NamedThings(problems, path, spec);
        if (spec.Member("activeDeadlineSeconds") is { } deadline)
            problems.InRange(path["activeDeadlineSeconds"], deadline, 1, int.MaxValue);
        SchedulingValidation.Tolerations(problems, path, spec);
        HostAliases(problems, path, spec);
        if (spec.Has("preemptionPolicy"))
            problems.RequiredOneOf(path["preemptionPolicy"], spec.Text("preemptionPolicy"), "PreemptLowerPriority", "Never");
        if (spec.Object("overhead") is { } overhead)
            ResourceValidation.Requirements(problems, path["overhead"], new JsonObject { ["limits"] = overhead.DeepClone() }, scope);
        if (scope.Os is not null)
            SecurityValidation.Os(problems, path, spec);
        FileVolumes(problems, path, spec);
    }

    private static void NamedThings(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        foreach (var field in (ReadOnlySpan<string>)["serviceAccountName", "nodeName", "priorityClassName"])
        {
            if (spec.Text(field) is { Length: > 0 } name)
                problems.Invalid(path[field], name, Names.DnsSubdomainProblems(name));
        }
        foreach (var field in (ReadOnlySpan<string>)["hostname", "subdomain"])
        {
            if (spec.Text(field) is { Length: > 0 } name)
                problems.Invalid(path[field], name, Names.DnsLabelProblems(name));
        }
        if (spec.Has("runtimeClassName"))
            problems.Invalid(path["runtimeClassName"], spec.Text("runtimeClassName"), Names.DnsSubdomainProblems(spec.Text("runtimeClassName")));
    }

    private static void ResourceClaims(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, claim) in spec.Each("resourceClaims", path))
        {
            var name = claim.Text("name");
            if (name.Length == 0)
                problems.Required(at["name"]);
            else if (!names.Add(name))
                problems.Duplicate(at["name"], name);
            else
                problems.Invalid(at["name"], name, Names.DnsLabelProblems(name));
            var (byName, byTemplate) = (claim.Has("resourceClaimName"), claim.Has("resourceClaimTemplateName"));
            if (byName && byTemplate)
                problems.Invalid(at, claim, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
            if (!byName && !byTemplate)
                problems.Invalid(at, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
            foreach (var field in (ReadOnlySpan<string>)["resourceClaimName", "resourceClaimTemplateName"])
            {
                if (claim.Has(field))
                    problems.Invalid(at[field], claim.Text(field), Names.DnsSubdomainProblems(claim.Text(field)));
            }
        }
    }

    private static void PodResources(FieldProblems problems, FieldPath path, JsonObject spec, JsonObject resources, PodScope scope)
    {
        if (scope.Os == "windows")
        {
            problems.Forbidden(path, "may not be set for a windows pod");
            return;
        }
        if (resources.Has("claims"))
            problems.Forbidden(path["claims"], "claims may not be set for Resources at pod-level");
        ResourceValidation.Requirements(problems, path, resources, scope, ofPod: true);
        foreach (var (name, limit) in resources.Object("limits") ?? [])
        {
            foreach (var (at, container) in spec.Each("containers", path))
            {
                if (container.Object("resources").Object("limits").Member(name) is { } own && own.Amount() > limit.Amount())
                    problems.Invalid(at.Key(name)["limits"], own, $"must be less than or equal to pod limits of {limit.AsStringOrNull()}");
            }
        }
    }

    private static void HostNetwork(FieldProblems problems, FieldPath path, JsonObject spec, bool isPod)
    {
        if (!spec.IsTrue("hostNetwork"))
            return;
        foreach (var (at, container) in spec.Each("containers", path))
        {
            foreach (var (portAt, port) in container.Each("ports", at))
            {
                var host = port.Number("hostPort");
                if ((isPod || host != 0) && host != port.Number("containerPort"))
                    problems.Invalid(portAt["hostPort"], host, "must match `containerPort` when `hostNetwork` is true");
            }
        }
    }

    private static void Dns(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        var config = spec.Object("dnsConfig");
        if (spec.Text("dnsPolicy") == "None" && config.Length("nameservers") == 0)
        {
            if (config is null)
                problems.Required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
            else
                problems.Required(path["nameservers"], "must provide at least one DNS nameserver when `dnsPolicy` is None");
            return;
        }
        if (config.Length("nameservers") > MaxNameservers)
            problems.Invalid(path["nameservers"], config.Member("nameservers"), $"must not have more than {MaxNameservers} nameservers");
        foreach (var (at, server) in config.EachText("nameservers", path))
            IpRules.Check(problems, at, server);
        if (config.Length("searches") > MaxSearches)
            problems.Invalid(path["searches"], config.Member("searches"), $"must not have more than {MaxSearches} search paths");
        if (string.Join(' ', config.Texts("searches")).Length > MaxSearchText)
            problems.Invalid(path["searches"], config.Member("searches"), $"must not have more than {MaxSearchText} characters (including spaces) in the search list");
        foreach (var (at, search) in config.EachText("searches", path))
        {
            var domain = search.EndsWith('.') ? search[..^1] : search;
            if (search != "." && !SearchDomain().IsMatch(domain))
                problems.Invalid(at, domain,
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character");
        }
        foreach (var (at, option) in config.Each("options", path))
        {
            if (option.Text("name").Length == 0)
                problems.Required(at, "must not be empty");
        }
    }

    private static void SchedulingGates(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, gate) in spec.Each("schedulingGates", path))
        {
            problems.Invalid(at, gate.Text("name"), Names.QualifiedNameProblems(gate.Text("name")));
            if (!seen.Add(gate.Text("name")))
                problems.Duplicate(at, gate.Text("name"));
        }
    }

    private static void HostUsers(FieldProblems problems, FieldPath path, JsonObject spec, PodScope scope)
    {
        if (scope.HostUsers)
            return;
        foreach (var (field, shown) in (ReadOnlySpan<(string, string)>)[("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")])
        {
            if (spec.IsTrue(field))
                problems.Forbidden(path[shown], "when `hostUsers` is false");
        }
        foreach (var (at, container) in PodScope.Containers(spec, path))
        {
            if (container.Length("volumeDevices") > 0)
                problems.Forbidden(at["volumeDevices"], "when `hostUsers` is false");
        }
    }

    private static void Hostname(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        if (!spec.Has("hostnameOverride"))
            return;
        var at = path["hostnameOverride"];
        var name = spec.Text("hostnameOverride");
        if (spec.IsTrue("setHostnameAsFQDN"))
            problems.Forbidden(at, "may not be specified when setHostnameAsFQDN is true");
        if (spec.IsTrue("hostNetwork"))
            problems.Forbidden(at, "may not be specified when hostNetwork is true");
        if (name.Length > 64)
            problems.TooLong(at, 64);
        problems.Invalid(at, name, Names.DnsSubdomainProblems(name));
    }

    private static void HostAliases(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        foreach (var (at, alias) in spec.Each("hostAliases", path))
        {
            IpRules.Check(problems, at["ip"], alias.Text("ip"));
            foreach (var (nameAt, name) in alias.EachText("hostnames", at))
                problems.Invalid(nameAt, name, Names.DnsSubdomainProblems(name));
        }
    }

    private static void FileVolumes(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        foreach (var (at, container) in PodScope.Containers(spec, path))
        {
            foreach (var (variableAt, variable) in container.Each("env", at))
            {
                if (variable.Object("valueFrom").Object("fileKeyRef") is not { } reference)
                    continue;
                var name = reference.Text("volumeName");
                var nameAt = variableAt["valueFrom"]["fileKeyRef"]["volumeName"];
                if ((spec.Array("volumes") ?? []).FirstOrDefault(volume => volume.Text("name") == name) is not { } volume)
                    problems.NotFound(nameAt, name);
                else if (!volume.Has("emptyDir"))
                    problems.Invalid(nameAt, name, "referenced volume must be of type emptyDir");
            }
        }
    }

    [GeneratedRegex(@"^_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex SearchDomain();
}
