using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Annotations of Pods that mean something to Kubernetes.</summary>
internal static class PodAnnotations
{
    public const string Mirror = "kubernetes.io/config.mirror";
    public const string AppArmorPrefix = "container.apparmor.security.beta.kubernetes.io/";
    public const string SeccompPod = "seccomp.security.alpha.kubernetes.io/pod";
    public const string SeccompContainerPrefix = "container.seccomp.security.alpha.kubernetes.io/";
    private const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";

    public static void Check(FieldProblems problems, FieldPath path, JsonObject? annotations, JsonObject? spec)
    {
        foreach (var (key, node) in annotations ?? [])
        {
            var value = node.AsStringOrNull() ?? "";
            if (key == Mirror && spec.Text("nodeName").Length == 0)
                problems.Invalid(path.Key(key), value, "must set spec.nodeName if mirror pod annotation is set");
            else if (key == DeletionCost && !IsCost(value))
                problems.Invalid(path.Key(key), value, "must be a 32bit integer");
            else if (key == SeccompPod || key.StartsWith(SeccompContainerPrefix, StringComparison.Ordinal))
                Seccomp(problems, path[key], value);
            else if (key.StartsWith(AppArmorPrefix, StringComparison.Ordinal))
                AppArmor(problems, path.Key(key), key[AppArmorPrefix.Length..], value, spec);
        }
    }

    private static bool IsCost(string value) =>
        value.Length == 0 || (!value.StartsWith('+') && !(value.Length > 1 && value.TrimStart('-').StartsWith('0'))
            && int.TryParse(value, System.Globalization.NumberStyles.AllowLeadingSign, null, out _));

    private static void Seccomp(FieldProblems problems, FieldPath path, string value)
    {
        const string local = "localhost/";
        if (value.StartsWith(local, StringComparison.Ordinal))
            VolumePaths.Descending(problems, path, value[local.Length..]);
        else if (value is not ("runtime/default" or "docker/default" or "unconfined"))
            problems.Invalid(path, value, "must be a valid seccomp profile");
    }

    private static void AppArmor(FieldProblems problems, FieldPath path, string container, string value, JsonObject? spec)
    {
        if (!PodScope.Containers(spec, FieldPath.Spec).Any(c => c.Container.Text("name") == container))
            problems.Invalid(path, container, "container not found");
        if (value is not ("" or "runtime/default" or "unconfined") && !value.StartsWith("localhost/", StringComparison.Ordinal))
            problems.Invalid(path, value, $"invalid AppArmor profile name: \"{value}\"");
    }
}
