using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Security contexts of Pods and containers.</summary>
internal static partial class SecurityValidation
{
    private const string NotOnWindows = "cannot be set for a windows pod";
    private const string SysctlForm = @"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";

    private static readonly string[] PodLinuxFields =
    [
        "appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls", "runAsUser", "runAsGroup", "supplementalGroups",
        "supplementalGroupsPolicy", "seLinuxChangePolicy",
    ];

    private static readonly string[] ContainerLinuxFields =
    [
        "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged", "allowPrivilegeEscalation", "procMount",
        "runAsUser", "runAsGroup",
    ];

    public static void Container(FieldProblems problems, FieldPath path, JsonObject? context, PodScope scope)
    {
        if (context is null)
            return;
        Id(problems, path["runAsUser"], context.Member("runAsUser"));
        Id(problems, path["runAsGroup"], context.Member("runAsGroup"));
        if (context.Has("procMount"))
        {
            problems.OneOf(path["procMount"], context.Text("procMount"), "Default", "Unmasked");
            if (scope.HostUsers && context.Text("procMount") == "Unmasked")
                problems.Invalid(path["procMount"], "Unmasked", "`hostUsers` must be false to use `Unmasked`");
        }
        Seccomp(problems, path["seccompProfile"], context.Object("seccompProfile"));
        if (context.Member("allowPrivilegeEscalation").AsBoolOrNull() == false)
        {
            if (context.IsTrue("privileged"))
                problems.Invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
            foreach (var _ in context.Object("capabilities").Texts("add").Where(capability => capability == "CAP_SYS_ADMIN"))
                problems.Invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
        }
        AppArmor(problems, path["appArmorProfile"], context.Object("appArmorProfile"));
    }

    public static void Pod(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        if (spec.Object("securityContext") is not { } context)
            return;
        var at = path["securityContext"];
        Id(problems, at["fsGroup"], context.Member("fsGroup"));
        Id(problems, at["runAsUser"], context.Member("runAsUser"));
        Id(problems, at["runAsGroup"], context.Member("runAsGroup"));
        foreach (var (groupAt, group) in context.Each("supplementalGroups", at))
            Id(problems, groupAt, group);
        if (spec.IsTrue("shareProcessNamespace") && spec.IsTrue("hostPID"))
            problems.Invalid(at["shareProcessNamespace"], true, "ShareProcessNamespace and HostPID cannot both be enabled");
        Sysctls(problems, at, spec, context);
        if (context.Has("fsGroupChangePolicy"))
            problems.OneOf(at["fsGroupChangePolicy"], context.Text("fsGroupChangePolicy"), "Always", "OnRootMismatch");
        Seccomp(problems, at["seccompProfile"], context.Object("seccompProfile"));
        AppArmor(problems, at["appArmorProfile"], context.Object("appArmorProfile"));
        if (context.Has("supplementalGroupsPolicy"))
            problems.OneOf(at["supplementalGroupsPolicy"], context.Text("supplementalGroupsPolicy"), "Merge", "Strict");
        if (context.Has("seLinuxChangePolicy"))
            problems.OneOf(at["seLinuxChangePolicy"], context.Text("seLinuxChangePolicy"), "MountOption", "Recursive");
    }

    /// <summary>What the declared operating system excludes.</summary>
    public static void Os(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        var os = spec.Object("os").Text("name");
        var context = spec.Object("securityContext");
        if (os is not ("linux" or "windows"))
        {
            problems.RequiredOneOf(path["os"]["name"], os, "linux", "windows");
            return;
        }
        if (os == "linux")
        {
            Forbid(problems, path["securityContext"], context, ["windowsOptions"], "windows options cannot be set for a linux pod");
            foreach (var (at, container) in PodScope.Containers(spec, path))
                Forbid(problems, at["securityContext"], container.Object("securityContext"), ["windowsOptions"], "windows options cannot be set for a linux pod");
            return;
        }
        Forbid(problems, path["securityContext"], context, PodLinuxFields, NotOnWindows);
        foreach (var field in (ReadOnlySpan<string>)["hostUsers", "hostPID", "hostIPC", "shareProcessNamespace"])
        {
            if (spec.Has(field))
                problems.Forbidden(path[field], NotOnWindows);
        }
        foreach (var (at, container) in PodScope.Containers(spec, path))
            Forbid(problems, at["securityContext"], container.Object("securityContext"), ContainerLinuxFields, NotOnWindows);
    }

    private static void Forbid(FieldProblems problems, FieldPath path, JsonObject? context, string[] fields, string why)
    {
        foreach (var field in fields)
        {
            if (context.Has(field))
                problems.Forbidden(path[field], why);
        }
    }

    private static void Id(FieldProblems problems, FieldPath path, JsonNode? id)
    {
        if (id is not null)
            problems.InRange(path, id, 0, int.MaxValue);
    }

    private static void Seccomp(FieldProblems problems, FieldPath path, JsonObject? profile)
    {
        if (profile is null)
            return;
        var type = profile.Text("type");
        if (type.Length == 0)
            problems.Required(path["type"], "type is required when seccompProfile is set");
        else
            problems.OneOf(path["type"], type, "Localhost", "RuntimeDefault", "Unconfined");
        if (type != "Localhost")
        {
            if (profile.Has("localhostProfile"))
                problems.Invalid(path["localhostProfile"], profile, "can only be set when seccomp type is Localhost");
        }
        else if (!profile.Has("localhostProfile"))
            problems.Required(path["localhostProfile"], "must be set when seccomp type is Localhost");
        else
            VolumePaths.Descending(problems, path["localhostProfile"], profile.Text("localhostProfile"));
    }

    private static void AppArmor(FieldProblems problems, FieldPath path, JsonObject? profile)
    {
        if (profile is null)
            return;
        var (type, local) = (profile.Text("type"), profile.Text("localhostProfile"));
        if (type.Length == 0)
            problems.Required(path["type"], "type is required when appArmorProfile is set");
        else
            problems.OneOf(path["type"], type, "Localhost", "RuntimeDefault", "Unconfined");
        if (type == "Localhost")
        {
            if (local.Trim() != local)
                problems.Invalid(path["localhostProfile"], local, "must not be padded with whitespace");
            else if (local.Length == 0)
                problems.Required(path["localhostProfile"], "must be set when AppArmor type is Localhost");
            if (local.Length > 4095)
                problems.TooLong(path["localhostProfile"], 4095);
        }
        else if (type is "RuntimeDefault" or "Unconfined" && profile.Has("localhostProfile"))
            problems.Invalid(path["localhostProfile"], local, "can only be set when AppArmor type is Localhost");
    }

    private static void Sysctls(FieldProblems problems, FieldPath path, JsonObject spec, JsonObject context)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, sysctl) in context.Each("sysctls", path))
        {
            var name = sysctl.Text("name");
            if (name.Length == 0)
                problems.Required(at["name"]);
            else if (name.Length > 253 || !SysctlName().IsMatch(name))
                problems.Invalid(at["name"], name, $"must have at most 253 characters and match regex {SysctlForm}");
            else if (!names.Add(name))
                problems.Duplicate(at["name"], name);
            var dotted = name.Replace('/', '.');
            if (spec.IsTrue("hostNetwork") && dotted.StartsWith("net.", StringComparison.Ordinal))
                problems.Invalid(at["name"], name, "may not be specified when 'hostNetwork' is true");
            if (spec.IsTrue("hostIPC") && (dotted is "kernel.sem" || dotted.StartsWith("kernel.shm", StringComparison.Ordinal)
                || dotted.StartsWith("kernel.msg", StringComparison.Ordinal) || dotted.StartsWith("fs.mqueue.", StringComparison.Ordinal)))
                problems.Invalid(at["name"], name, "may not be specified when 'hostIPC' is true");
        }
    }

    [GeneratedRegex(SysctlForm)]
    private static partial Regex SysctlName();
}
