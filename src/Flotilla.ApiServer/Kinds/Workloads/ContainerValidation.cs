using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Containers of all sorts.</summary>
internal static class ContainerValidation
{
    private static readonly string[] EphemeralForbidden = ["ports", "resources", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "resizePolicy", "restartPolicy", "restartPolicyRules"];

    public static void Containers(FieldProblems problems, FieldPath path, JsonObject spec, PodScope scope)
    {
        if (spec.Length("containers") == 0)
        {
            problems.Required(path["containers"]);
            return;
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, container) in spec.Each("containers", path))
        {
            Common(problems, at, container, scope);
            if (!names.Add(container.Text("name")))
                problems.Duplicate(at["name"], container.Text("name"));
            if (container.Object("lifecycle") is { } lifecycle)
                ProbeValidation.Lifecycle(problems, at["lifecycle"], lifecycle, scope);
            ProbeValidation.Probes(problems, at, container, scope);
            RestartRules(problems, at, container);
        }
        HostPorts(problems, spec.Each("containers", path));
    }

    public static void InitContainers(FieldProblems problems, FieldPath path, JsonObject spec, PodScope scope)
    {
        var names = (spec.Array("containers") ?? []).Select(container => container.Text("name")).ToHashSet(StringComparer.Ordinal);
        foreach (var (at, container) in spec.Each("initContainers", path))
        {
            Common(problems, at, container, scope);
            var restarts = container.Text("restartPolicy") == "Always";
            if (restarts && container.Length("restartPolicyRules") > 0)
                problems.Forbidden(at["restartPolicyRules"], "restartPolicyRules are not allowed for init containers with restart policy Always");
            else if (!restarts && container.Has("restartPolicy"))
                RestartRules(problems, at, container);
            if (!names.Add(container.Text("name")) && container.Text("name").Length > 0)
                problems.Duplicate(at["name"], container.Text("name"));
            HostPorts(problems, [(at, container)]);
            if (restarts)
            {
                if (container.Object("lifecycle") is { } lifecycle)
                    ProbeValidation.Lifecycle(problems, at["lifecycle"], lifecycle, scope);
                ProbeValidation.Probes(problems, at, container, scope);
                continue;
            }
            foreach (var field in (ReadOnlySpan<string>)["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"])
            {
                if (container.Has(field))
                    problems.Forbidden(at[field], "may not be set for init containers without restartPolicy=Always");
            }
        }
    }

    public static void EphemeralContainers(FieldProblems problems, FieldPath path, JsonObject spec, PodScope scope)
    {
        var others = (spec.Array("containers") ?? []).Concat(spec.Array("initContainers") ?? []).Select(container => container.Text("name")).ToHashSet(StringComparer.Ordinal);
        var names = new HashSet<string>(others, StringComparer.Ordinal);
        foreach (var (at, container) in spec.Each("ephemeralContainers", path))
        {
            Common(problems, at, container, scope);
            Padding(problems, at, container);
            if (!names.Add(container.Text("name")))
                problems.Duplicate(at["name"], container.Text("name"));
            if (container.Text("targetContainerName") is { Length: > 0 } target && !others.Contains(target))
                problems.NotFound(at["targetContainerName"], target);
            foreach (var field in EphemeralForbidden)
            {
                if (container.Member(field) is not (null or JsonObject { Count: 0 }))
                    problems.Forbidden(at[field], "cannot be set for an Ephemeral Container");
            }
            foreach (var (mountAt, mount) in container.Each("volumeMounts", at))
            {
                foreach (var field in (ReadOnlySpan<string>)["subPath", "subPathExpr"])
                {
                    if (mount.Text(field).Length > 0)
                        problems.Forbidden(mountAt[field], "cannot be set for an Ephemeral Container");
                }
            }
        }
    }

    /// <summary>What holds in Pods but not in templates: images without spaces around them.</summary>
    public static void Padding(FieldProblems problems, FieldPath path, JsonNode? container)
    {
        if (container.Text("image") is var image && image.Trim() != image)
            problems.Invalid(path["image"], image, "must not have leading or trailing whitespace");
    }

    private static void Common(FieldProblems problems, FieldPath path, JsonNode? container, PodScope scope)
    {
        if (container.Text("name") is { Length: > 0 } name)
            problems.Invalid(path["name"], name, Names.DnsLabelProblems(name));
        else
            problems.Required(path["name"]);
        if (container.Text("image").Length == 0)
            problems.Required(path["image"]);
        problems.RequiredOneOf(path["terminationMessagePolicy"], container.Text("terminationMessagePolicy"), "FallbackToLogsOnError", "File");
        Ports(problems, path, container);
        EnvironmentValidation.Variables(problems, path, container);
        EnvironmentValidation.Sources(problems, path, container);
        MountValidation.Mounts(problems, path, container, scope);
        MountValidation.Devices(problems, path, container, scope);
        problems.RequiredOneOf(path["imagePullPolicy"], container.Text("imagePullPolicy"), "Always", "IfNotPresent", "Never");
        ResourceValidation.Requirements(problems, path["resources"], container.Object("resources"), scope);
        ResizePolicy(problems, path, container, scope);
        SecurityValidation.Container(problems, path["securityContext"], container.Object("securityContext"), scope);
    }

    private static void Ports(FieldProblems problems, FieldPath path, JsonNode? container)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, port) in container.Each("ports", path))
        {
            if (port.Text("name") is { Length: > 0 } name)
            {
                var before = problems.Count;
                problems.Invalid(at["name"], name, Names.PortNameProblems(name));
                if (problems.Count == before && !names.Add(name))
                    problems.Duplicate(at["name"], name);
            }
            if (port.Number("containerPort") == 0)
                problems.Required(at["containerPort"]);
            else
                problems.InRange(at["containerPort"], port.Member("containerPort"), 1, 65535);
            if (port.Number("hostPort") != 0)
                problems.InRange(at["hostPort"], port.Member("hostPort"), 1, 65535);
            problems.RequiredOneOf(at["protocol"], port.Text("protocol"), "SCTP", "TCP", "UDP");
        }
    }

    private static void HostPorts(FieldProblems problems, IEnumerable<(FieldPath Path, JsonNode? Container)> containers)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, container) in containers)
        {
            foreach (var (at, port) in container.Each("ports", path))
            {
                if (port.Number("hostPort") is not 0 and var number)
                {
                    var key = string.Create(CultureInfo.InvariantCulture, $"{port.Text("protocol")}/{port.Text("hostIP")}/{number}");
                    if (!taken.Add(key))
                        problems.Duplicate(at["hostPort"], key);
                }
            }
        }
    }

    private static void ResizePolicy(FieldProblems problems, FieldPath path, JsonNode? container, PodScope scope)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, policy) in container.Each("resizePolicy", path))
        {
            var (resource, restart) = (policy.Text("resourceName"), policy.Text("restartPolicy"));
            if (!seen.Add(resource))
                problems.Duplicate(at, resource);
            problems.RequiredOneOf(path["resizePolicy"], resource, "cpu", "memory");
            problems.RequiredOneOf(path["resizePolicy"], restart, "NotRequired", "RestartContainer");
            if (scope.RestartPolicy == "Never" && restart != "NotRequired")
                problems.Invalid(path["resizePolicy"], restart, "must be 'NotRequired' when `restartPolicy` is 'Never'");
        }
    }

    private static void RestartRules(FieldProblems problems, FieldPath path, JsonNode? container)
    {
        if (container.Has("restartPolicy"))
            problems.OneOf(path["restartPolicy"], container.Text("restartPolicy"), "Always", "Never", "OnFailure");
        else if (container.Length("restartPolicyRules") > 0)
            problems.Required(path["restartPolicy"], "must specify restartPolicy when restart rules are used");
        if (container.Length("restartPolicyRules") > 20)
            problems.TooLong(path["restartPolicyRules"], 20);
        foreach (var (at, rule) in container.Each("restartPolicyRules", path))
        {
            problems.OneOf(at["action"], rule.Text("action"), "Restart");
            if (rule.Object("exitCodes") is not { } codes)
                problems.Required(at["exitCodes"], "must be specified");
            else
            {
                problems.OneOf(at["exitCodes"]["operator"], codes.Text("operator"), "In", "NotIn");
                if (codes.Length("values") > 255)
                    problems.TooLong(at["exitCodes"]["values"], 255);
            }
        }
    }
}
