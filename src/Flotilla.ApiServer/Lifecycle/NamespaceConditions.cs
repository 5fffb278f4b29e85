using System.Text.Json.Nodes;
using Flotilla.ApiServer.Resources;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Lifecycle;

/// <summary>The conditions of a namespace that is being deleted, in the words of kube-controller-manager.</summary>
internal static class NamespaceConditions
{
    public static void Set(JsonObject ns, IReadOnlyList<RemainingContent> left, DateTimeOffset now)
    {
        Set(ns, now, "NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered");
        Set(ns, now, "NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions", "All legacy kube types successfully parsed");
        Set(ns, now, "NamespaceDeletionContentFailure", false, "ContentDeleted", "All content successfully deleted, may be waiting on finalization");

        var resources = string.Join(", ", left.OrderBy(r => r.Resource, StringComparer.Ordinal).Select(r => $"{r.Resource} has {r.Count} resource instances"));
        if (left.Count > 0)
            Set(ns, now, "NamespaceContentRemaining", true, "SomeResourcesRemain", $"Some resources are remaining: {resources}");
        else
            Set(ns, now, "NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed");

        var finalizers = left.SelectMany(r => r.Finalizers).GroupBy(f => f).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key} in {g.Count()} resource instances").ToList();
        if (finalizers.Count > 0)
            Set(ns, now, "NamespaceFinalizersRemaining", true, "SomeFinalizersRemain", $"Some content in the namespace has finalizers remaining: {string.Join(", ", finalizers)}");
        else
            Set(ns, now, "NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", "All content-preserving finalizers finished");
    }

    private static void Set(JsonObject ns, DateTimeOffset now, string type, bool value, string reason, string message)
    {
        var status = ns.ObjectOrNew("status");
        if (status.Array("conditions") is not { } conditions)
            status["conditions"] = conditions = [];
        var text = value ? "True" : "False";
        var condition = conditions.OfType<JsonObject>().FirstOrDefault(c => c.String("type") == type);
        if (condition is null)
        {
            condition = new JsonObject { ["type"] = type };
            conditions.Add((JsonNode)condition);
        }
        var changed = condition.String("status") != text;
        condition["status"] = text;
        if (changed)
            condition["lastTransitionTime"] = ObjectMetadata.Timestamp(now);
        condition["reason"] = reason;
        condition["message"] = message;
    }
}
