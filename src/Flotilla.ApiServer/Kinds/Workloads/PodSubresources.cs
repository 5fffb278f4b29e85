using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Writes to <c>/ephemeralcontainers</c> (which only adds) and <c>/resize</c> (CPU and memory of containers) of a Pod.</summary>
internal static class PodSubresources
{
    private static readonly string[] ContainerLists = ["initContainers", "containers"];
    private static readonly string[] Amounts = ["requests", "limits"];

    public static void PrepareEphemeralContainers(JsonObject pod, JsonObject old)
    {
        var wanted = pod.Object("spec").Member("ephemeralContainers")?.DeepClone();
        Restore(pod, old);
        if (wanted is null)
            pod.ObjectOrNew("spec").Remove("ephemeralContainers");
        else
            pod.ObjectOrNew("spec")["ephemeralContainers"] = wanted;
    }

    public static void CheckEphemeralContainers(FieldProblems problems, JsonObject spec, JsonObject old)
    {
        foreach (var container in old.Array("ephemeralContainers") ?? [])
        {
            var (name, path) = (container.Text("name"), FieldPath.Spec["ephemeralContainers"]);
            var now = (spec.Array("ephemeralContainers") ?? []).FirstOrDefault(other => other.Text("name") == name);
            if (now is null)
                problems.Forbidden(path, $"existing ephemeral containers \"{name}\" may not be removed\n");
            else if (!JsonNodeExtensions.DeepEquals(now, container))
                problems.Forbidden(path, $"existing ephemeral containers \"{name}\" may not be changed\n");
        }
    }

    public static void PrepareResize(JsonObject pod, JsonObject old)
    {
        var wanted = (JsonObject?)pod.Object("spec")?.DeepClone();
        Restore(pod, old);
        foreach (var list in ContainerLists)
        {
            var (now, asked) = (pod.Object("spec").Array(list), wanted.Array(list));
            if (now?.Count != asked?.Count)
                continue;
            for (var i = 0; i < (now?.Count ?? 0); i++)
            {
                if (now![i].Text("name") != asked![i].Text("name"))
                    continue;
                ((JsonObject)now[i]!).CopyFrom(asked[i] as JsonObject, "resources");
                ((JsonObject)now[i]!).CopyFrom(asked[i] as JsonObject, "resizePolicy");
            }
        }
    }

    public static void CheckResize(FieldProblems problems, JsonObject pod, JsonObject old)
    {
        var path = FieldPath.Spec;
        var (spec, oldSpec) = (pod.Object("spec") ?? [], old.Object("spec") ?? []);
        var quality = old.Object("status").Text("qosClass") is { Length: > 0 } known ? known : QualityOfService.Of(oldSpec);
        if (quality != QualityOfService.Of(spec))
            problems.Invalid(path, pod.Object("status").Text("qosClass"), "Pod QOS Class may not change as a result of resizing");
        foreach (var list in ContainerLists)
        {
            foreach (var (at, container) in spec.Each(list, path))
            {
                var before = oldSpec.Array(list)!.First(other => other.Text("name") == container.Text("name"));
                Container(problems, at["resources"], container, before, isInit: list == "initContainers");
            }
        }
    }

    private static void Container(FieldProblems problems, FieldPath path, JsonNode? container, JsonNode? old, bool isInit)
    {
        var (now, before) = (container.Object("resources"), old.Object("resources"));
        if (isInit && container.Text("restartPolicy") != "Always")
        {
            if (!JsonNodeExtensions.DeepEquals(now, before))
                problems.Forbidden(FieldPath.Spec, "resources for non-sidecar init containers are immutable");
            return;
        }
        foreach (var amounts in Amounts)
        {
            foreach (var (name, _) in before.Object(amounts) ?? [])
            {
                if (!now.Object(amounts).Has(name))
                    problems.Forbidden(path[amounts], $"resource {amounts} cannot be removed");
            }
        }
        if (!JsonNodeExtensions.DeepEquals(WithoutCpuAndMemory(now), WithoutCpuAndMemory(before)))
            problems.Forbidden(FieldPath.Spec, isInit ? "only cpu and memory resources for sidecar containers are mutable" : "only cpu and memory resources are mutable");
    }

    private static JsonObject WithoutCpuAndMemory(JsonObject? resources)
    {
        var rest = (JsonObject?)resources?.DeepClone() ?? [];
        foreach (var amounts in Amounts)
        {
            if (rest.Object(amounts) is not { } map)
                continue;
            map.Remove("cpu");
            map.Remove("memory");
            if (map.Count == 0)
                rest.Remove(amounts);
        }
        return rest;
    }

    private static void Restore(JsonObject pod, JsonObject old)
    {
        var (metadata, kept) = (pod.ObjectOrNew("metadata"), old.Object("metadata"));
        foreach (var field in metadata.Select(member => member.Key).Concat((kept ?? []).Select(member => member.Key)).Distinct().ToList())
        {
            if (field is not ("name" or "namespace" or "uid" or "resourceVersion" or "managedFields"))
                metadata.CopyFrom(kept, field);
        }
        pod.CopyFrom(old, "spec");
        pod.CopyFrom(old, "status");
    }
}
