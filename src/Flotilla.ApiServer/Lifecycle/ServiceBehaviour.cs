using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Resources;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Lifecycle;

/// <summary>Gives Services their cluster IP (of 10.96.0.0/12) and their node ports (30000 to 32767).</summary>
internal sealed class ServiceBehaviour(VirtualCluster cluster) : ClusterBehaviour("services")
{
    private const int Tries = 64;
    private const int FirstNodePort = 30000;
    private const int LastNodePort = 32767;
    private static readonly IPNetwork Range = IPNetwork.Parse("10.96.0.0/12");

    public override void BeforeCreate(JsonObject obj, bool dryRun) => Allocate(obj, null);

    public override void BeforeUpdate(JsonObject obj, JsonObject live, bool dryRun) => Allocate(obj, live);

    private void Allocate(JsonObject service, JsonObject? live)
    {
        var spec = service.ObjectOrNew("spec");
        var type = spec.String("type") ?? "ClusterIP";
        if (type == "ExternalName")
            return;
        AllocateAddress(service, spec, live);
        if (type is "NodePort" or "LoadBalancer" && spec.Member("allocateLoadBalancerNodePorts").AsBoolOrNull() != false)
            AllocateNodePorts(service, spec);
    }

    private void AllocateAddress(JsonObject service, JsonObject spec, JsonObject? live)
    {
        var wanted = spec.String("clusterIP") ?? "";
        if (wanted.Length == 0 && live.Object("spec").String("clusterIP") is { Length: > 0 } kept)
            wanted = kept;
        if (wanted.Length == 0)
            wanted = FreeAddress();
        else if (wanted != "None" && wanted != live.Object("spec").String("clusterIP"))
            CheckAddress(service, wanted);
        spec["clusterIP"] = wanted;
        if (spec.Array("clusterIPs") is not { Count: > 0 })
            spec["clusterIPs"] = new JsonArray(wanted);
        if (spec.Array("ipFamilies") is not { Count: > 0 })
            spec["ipFamilies"] = new JsonArray(wanted.Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4");
        if (!spec.ContainsKey("ipFamilyPolicy"))
            spec["ipFamilyPolicy"] = "SingleStack";
    }

    private void CheckAddress(JsonObject service, string wanted)
    {
        string problem;
        if (!IPAddress.TryParse(wanted, out var address))
            return;
        if (!Range.Contains(address))
            problem = $"failed to allocate IP {wanted}: the provided IP ({wanted}) is not in the valid range. The range of valid IPs is {Range}";
        else if (IsUsed($"\"clusterIP\":\"{wanted}\""))
            problem = $"failed to allocate IP {wanted}: provided IP is already allocated";
        else
            return;
        throw ApiStatusException.Invalid("", "Service", ObjectMetadata.Name(service), [FieldError.Invalid("spec.clusterIPs", new JsonArray(wanted), problem)]);
    }

    private string FreeAddress()
    {
        var first = Range.BaseAddress.GetAddressBytes();
        for (var tries = 0; tries < Tries; tries++)
        {
            // 20 bits of the range are free; neither the network nor the broadcast address is given out.
            var offset = Random.Shared.Next(2, (1 << 20) - 1);
            var bytes = new[] { first[0], (byte)(first[1] + (offset >> 16)), (byte)(offset >> 8), (byte)offset };
            var candidate = new IPAddress(bytes).ToString();
            if (!IsUsed($"\"clusterIP\":\"{candidate}\""))
                return candidate;
        }
        throw new ApiStatusException(new ApiStatus(500, "InternalError", $"Internal error occurred: failed to allocate a serviceIP: range {Range} is full"));
    }

    private void AllocateNodePorts(JsonObject service, JsonObject spec)
    {
        foreach (var port in (spec.Array("ports") ?? []).OfType<JsonObject>())
        {
            if (port.Member("nodePort").AsInt64OrNull() is > 0)
                continue;
            for (var tries = 0; ; tries++)
            {
                var candidate = Random.Shared.Next(FirstNodePort, LastNodePort + 1);
                var text = candidate.ToString(CultureInfo.InvariantCulture);
                if (IsUsed($"\"nodePort\":{text}") || service.ToJsonString().Contains($"\"nodePort\":{text}", StringComparison.Ordinal))
                {
                    if (tries == Tries)
                        throw new ApiStatusException(new ApiStatus(500, "InternalError", "Internal error occurred: failed to allocate a nodePort: range is full"));
                    continue;
                }
                port["nodePort"] = (long)candidate;
                break;
            }
        }
    }

    /// <summary>Looks into the stored bytes: no index to keep, and fast enough for any number of Services that one cluster has.</summary>
    private bool IsUsed(string member)
    {
        var bytes = Encoding.ASCII.GetBytes(member);
        return cluster.Store.Resource("services").List(null, null, 1, null, item => item.Json.Span.IndexOf(bytes) >= 0).Items.Count > 0;
    }
}
