using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>What may change in a Pod: images, deadlines, more tolerations, fewer gates; where it may run while gates hold it.</summary>
internal static class PodUpdateValidation
{
    private const string Updatable =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`," +
        "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void Check(FieldProblems problems, JsonObject pod, JsonObject oldPod)
    {
        var path = FieldPath.Spec;
        var (spec, old) = (pod.Object("spec") ?? [], oldPod.Object("spec") ?? []);
        Annotations(problems, pod, oldPod);
        foreach (var field in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            if (!Containers(problems, path, spec, old, field))
                return;
        }
        if (!Deadline(problems, path["activeDeadlineSeconds"], spec.Member("activeDeadlineSeconds"), old.Member("activeDeadlineSeconds")))
            return;
        Tolerations(problems, path["tolerations"], spec, old);
        Gates(problems, path, spec, old);
        if (JsonNodeExtensions.DeepEquals(spec, old))
            return;

        var munged = (JsonObject)spec.DeepClone();
        foreach (var field in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            for (var i = 0; i < munged.Length(field); i++)
                ((JsonObject)munged.Array(field)![i]!).CopyFrom(old.Array(field)![i] as JsonObject, "image");
        }
        foreach (var field in (ReadOnlySpan<string>)["activeDeadlineSeconds", "schedulingGates", "tolerations"])
            munged.CopyFrom(old, field);
        if (old.Number("terminationGracePeriodSeconds") < 0 && munged.Number("terminationGracePeriodSeconds") == 1)
            munged.CopyFrom(old, "terminationGracePeriodSeconds");
        if (old.Length("schedulingGates") > 0)
            Gated(problems, path, munged, old);
        if (!JsonNodeExtensions.DeepEquals(munged, old))
            problems.Forbidden(path, Updatable);
    }

    public static void Annotations(FieldProblems problems, JsonObject pod, JsonObject oldPod)
    {
        var path = FieldPath.Metadata["annotations"];
        var (annotations, old) = (pod.Object("metadata").Object("annotations"), oldPod.Object("metadata").Object("annotations"));
        foreach (var (key, value) in old ?? [])
        {
            if (!JsonNodeExtensions.DeepEquals(value, annotations.Member(key)))
                Protected(problems, path, key, "remove or update");
        }
        foreach (var (key, _) in annotations ?? [])
        {
            if (!old.Has(key))
                Protected(problems, path, key, "add");
        }
        PodAnnotations.Check(problems, path, annotations, pod.Object("spec"));
    }

    private static void Protected(FieldProblems problems, FieldPath path, string key, string what)
    {
        if (key.StartsWith(PodAnnotations.AppArmorPrefix, StringComparison.Ordinal))
            problems.Forbidden(path.Key(key), $"may not {what} AppArmor annotations");
        if (key == PodAnnotations.Mirror)
            problems.Forbidden(path.Key(key), $"may not {what} mirror pod annotation");
    }

    private static bool Containers(FieldProblems problems, FieldPath path, JsonObject spec, JsonObject old, string field)
    {
        if (spec.Length(field) != old.Length(field))
        {
            problems.Forbidden(path[field], "pod updates may not add or remove containers");
            return false;
        }
        foreach (var (at, container) in spec.Each(field, path))
        {
            if (container.Text("image").Length == 0)
                problems.Required(at["image"]);
            ContainerValidation.Padding(problems, at, container);
        }
        return true;
    }

    private static bool Deadline(FieldProblems problems, FieldPath path, JsonNode? seconds, JsonNode? old)
    {
        if (seconds.AsInt64OrNull() is not { } number)
        {
            if (old is not null)
                problems.Invalid(path, null, "must not update from a positive integer to nil value");
            return true;
        }
        if (number is < 0 or > int.MaxValue)
            problems.InRange(path, seconds, 0, int.MaxValue);
        else if (old.AsInt64OrNull() < number)
            problems.Invalid(path, number, "must be less than or equal to previous value");
        else
            return true;
        return false;
    }

    private static void Tolerations(FieldProblems problems, FieldPath path, JsonObject spec, JsonObject old)
    {
        foreach (var toleration in (old.Array("tolerations") ?? []).OfType<JsonObject>())
        {
            var kept = (spec.Array("tolerations") ?? []).OfType<JsonObject>().Any(other =>
                new[] { "key", "operator", "value", "effect" }.All(field => toleration.Text(field) == other.Text(field)));
            if (!kept)
            {
                problems.Forbidden(path, "existing toleration can not be modified except its tolerationSeconds");
                return;
            }
        }
        SchedulingValidation.Tolerations(problems, FieldPath.Spec, spec);
    }

    private static void Gates(FieldProblems problems, FieldPath path, JsonObject spec, JsonObject old)
    {
        var known = (old.Array("schedulingGates") ?? []).Select(gate => gate.Text("name")).ToHashSet(StringComparer.Ordinal);
        foreach (var (at, gate) in spec.Each("schedulingGates", path))
        {
            if (!known.Contains(gate.Text("name")))
                problems.Forbidden(at["name"], $"only deletion is allowed, but found new scheduling gate '{gate.Text("name")}'");
        }
    }

    private static void Gated(FieldProblems problems, FieldPath path, JsonObject spec, JsonObject old)
    {
        foreach (var (key, value) in old.Object("nodeSelector") ?? [])
        {
            if (!JsonNodeExtensions.DeepEquals(value, spec.Object("nodeSelector").Member(key)))
            {
                problems.Invalid(path["nodeSelector"], spec.Member("nodeSelector"), "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
                break;
            }
        }
        spec.CopyFrom(old, "nodeSelector");

        const string required = "requiredDuringSchedulingIgnoredDuringExecution";
        var at = path["affinity"]["nodeAffinity"][required]["nodeSelectorTerms"];
        var terms = spec.Object("affinity").Object("nodeAffinity").Object(required).Array("nodeSelectorTerms");
        var oldTerms = old.Object("affinity").Object("nodeAffinity").Object(required).Array("nodeSelectorTerms");
        if (oldTerms is { Count: > 0 } && oldTerms.Count != (terms?.Count ?? 0))
        {
            problems.Invalid(at, terms, "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
        }
        else
        {
            for (var i = 0; i < (oldTerms?.Count ?? 0); i++)
            {
                if (!OnlyAdds(terms![i], oldTerms![i]))
                    problems.Invalid(at[i], terms[i], "only additions are allowed (no mutations or deletions)");
            }
        }
        if (spec.Object("affinity") is { } affinity)
        {
            affinity.CopyFrom(old.Object("affinity"), "nodeAffinity");
            if (affinity.Count == 0 && !old.Has("affinity"))
                spec.Remove("affinity");
        }
        else if (old.Object("affinity").Member("nodeAffinity") is { } nodeAffinity)
        {
            spec["affinity"] = new JsonObject { ["nodeAffinity"] = nodeAffinity.DeepClone() };
        }
    }

    private static bool OnlyAdds(JsonNode? term, JsonNode? old)
    {
        if (old.Length("matchExpressions") == 0 && old.Length("matchFields") == 0)
            return term.Length("matchExpressions") == 0 && term.Length("matchFields") == 0;
        foreach (var field in (ReadOnlySpan<string>)["matchExpressions", "matchFields"])
        {
            for (var i = 0; i < old.Length(field); i++)
            {
                if (i >= term.Length(field) || !JsonNodeExtensions.DeepEquals(term.Array(field)![i], old.Array(field)![i]))
                    return false;
            }
        }
        return true;
    }
}
