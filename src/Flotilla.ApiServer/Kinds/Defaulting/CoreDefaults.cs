using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Defaulting;

/// <summary>What is left of the core group: namespaces, nodes, secrets, limits, tokens.</summary>
internal static class CoreDefaults
{
    public static readonly Dictionary<string, Action<JsonObject>> Rules = new()
    {
        ["api.core.v1.Namespace"] = Namespace,
        ["api.core.v1.NamespaceStatus"] = status => status.SetMissing("phase", "Active"),
        ["api.core.v1.NodeSpec"] = NodeSpec,
        ["api.core.v1.NodeStatus"] = NodeStatus,
        ["api.core.v1.Secret"] = Secret,
        ["api.core.v1.LimitRangeItem"] = LimitRangeItem,
        ["api.authentication.v1.TokenRequestSpec"] = spec => spec.SetMissing("expirationSeconds", 3600),
    };

    private static void Namespace(JsonObject ns)
    {
        var metadata = ns.ObjectOrNew("metadata");
        if (metadata.String("name") is { Length: > 0 } name)
            metadata.ObjectOrNew("labels")["kubernetes.io/metadata.name"] = name;
    }

    private static void Secret(JsonObject secret)
    {
        secret.SetMissing("type", "Opaque");
        // Write-only: the texts become bytes beside the others.
        foreach (var (key, value) in secret.Object("stringData") ?? [])
            secret.ObjectOrNew("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value.AsStringOrNull() ?? ""));
        secret.Remove("stringData");
    }

    /// <summary>The one range and the list of them, for clients that know only one of the fields.</summary>
    private static void NodeSpec(JsonObject spec)
    {
        if (spec.Array("podCIDRs") is { Count: > 0 } all)
            spec["podCIDR"] = all[0]?.DeepClone();
        else if (spec.String("podCIDR") is { Length: > 0 } one)
            spec["podCIDRs"] = new JsonArray(one);
    }

    private static void NodeStatus(JsonObject status)
    {
        if (status.Object("capacity") is { } capacity)
            status.SetMissing("allocatable", capacity.DeepClone);
    }

    private static void LimitRangeItem(JsonObject item)
    {
        if (item.String("type") != "Container")
            return;
        Fill(item, "default", "max");
        Fill(item, "defaultRequest", "default");
        Fill(item, "defaultRequest", "min");
    }

    private static void Fill(JsonObject item, string target, string source)
    {
        foreach (var (name, value) in item.Object(source) ?? [])
            item.ObjectOrNew(target).SetMissing(name, value!.DeepClone);
    }
}
