using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>The class by which a node chooses whom to evict first.</summary>
internal static class QualityOfService
{
    private static readonly string[] Counted = ["cpu", "memory"];

    public static string Of(JsonObject spec)
    {
        IEnumerable<JsonObject?> all = spec.Object("resources") is { } own
            ? [own]
            : (spec.Array("containers") ?? []).Concat(spec.Array("initContainers") ?? []).Select(container => container.Object("resources"));
        var (requests, limits) = (new Dictionary<string, Quantity>(), new Dictionary<string, Quantity>());
        var guaranteed = true;
        foreach (var resources in all)
        {
            Sum(requests, resources.Object("requests"));
            guaranteed &= Sum(limits, resources.Object("limits")) == Counted.Length;
        }
        if (requests.Count == 0 && limits.Count == 0)
            return "BestEffort";
        return guaranteed && requests.Count == limits.Count && requests.All(request => limits.TryGetValue(request.Key, out var limit) && limit == request.Value)
            ? "Guaranteed"
            : "Burstable";
    }

    private static int Sum(Dictionary<string, Quantity> sums, JsonObject? amounts)
    {
        var found = 0;
        foreach (var name in Counted)
        {
            var amount = amounts.Member(name).Amount();
            if (amount.IsZero || amount.IsNegative)
                continue;
            found++;
            sums[name] = sums.TryGetValue(name, out var sum) ? sum + amount : amount;
        }
        return found;
    }
}
