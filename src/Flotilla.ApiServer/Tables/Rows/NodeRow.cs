using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables.Rows;

/// <summary>The row of a Node.</summary>
internal static class NodeRow
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    public static JsonNode?[] Cells(JsonObject node, DateTimeOffset now)
    {
        var info = node.Status().Object("nodeInfo");
        return
        [
            node.Name(), State(node), Roles(node), node.Age(now), info.Text("kubeletVersion"), Address(node, "InternalIP"), Address(node, "ExternalIP"),
            info.Text("osImage", CellText.Unknown), info.Text("kernelVersion", CellText.Unknown), info.Text("containerRuntimeVersion", CellText.Unknown),
        ];
    }

    private static string State(JsonObject node)
    {
        var ready = node.Status().Condition("Ready").String("status") switch { "True" => "Ready", null => "Unknown", _ => "NotReady" };
        return node.Spec().Flag("unschedulable") ? ready + ",SchedulingDisabled" : ready;
    }

    private static string Roles(JsonObject node)
    {
        var roles = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (label, value) in node.Object("metadata").Object("labels") ?? [])
        {
            if (label.StartsWith(RolePrefix, StringComparison.Ordinal) && label.Length > RolePrefix.Length)
                roles.Add(label[RolePrefix.Length..]);
            else if (label == "kubernetes.io/role" && value.AsStringOrNull() is { Length: > 0 } role)
                roles.Add(role);
        }
        return roles.Count == 0 ? CellText.None : string.Join(",", roles);
    }

    private static string Address(JsonObject node, string type) =>
        node.Status().Items("addresses").FirstOrDefault(a => a.String("type") == type).Text("address", CellText.None);
}
