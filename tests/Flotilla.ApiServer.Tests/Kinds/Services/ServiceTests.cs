using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.ApiServer.Kinds.Services;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Kinds.Services;

public sealed class ServiceTests
{
    private readonly ServiceNetwork network = new("10.0.0.0/29", 30000, 30001);

    [Fact]
    public void Addresses_are_given_out_until_there_are_none_and_come_back()
    {
        var taken = Enumerable.Range(0, 5).Select(_ => Reserve(Service("""{"ports":[{"port":80}]}"""))).ToList();
        Assert.All(taken, one => Assert.Empty(one.Problems));
        Assert.Equal(5, taken.Select(one => one.Service.Object("spec").String("clusterIP")).Distinct().Count());
        Assert.Equal(["spec.clusterIPs: Invalid value: []: failed to allocate a serviceIP: range is full"], Reserve(Service("""{"ports":[{"port":80}]}""")).Problems);
        taken[0].Allocation.Commit();
        taken[1].Allocation.Dispose();
        Assert.Equal(taken[1].Service.Object("spec").String("clusterIP"), Reserve(Service("""{"ports":[{"port":80}]}""")).Service.Object("spec").String("clusterIP"));
        ServiceAllocation.Release(taken[0].Service, network);
        Assert.Empty(Reserve(Service("""{"ports":[{"port":80}]}""")).Problems);
    }

    [Theory]
    [InlineData("""{"clusterIP":"10.9.9.9","clusterIPs":["10.9.9.9"],"ports":[{"port":80}]}""",
        "spec.clusterIPs: Invalid value: [\"10.9.9.9\"]: failed to allocate IP 10.9.9.9: the provided network does not match the current range")]
    [InlineData("""{"type":"NodePort","ports":[{"port":80,"nodePort":29999}]}""",
        "spec.ports[0].nodePort: Invalid value: 29999: provided port is not in the valid range. The range of valid ports is 30000-30001")]
    [InlineData("""{"ipFamilies":["IPv6"],"ports":[{"port":80}]}""", "spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster")]
    public void What_cannot_be_had_is_refused_and_nothing_is_taken(string spec, string problem)
    {
        Assert.Equal([problem], Reserve(Service(spec)).Problems);
        Assert.All(Enumerable.Range(0, 5), _ => Assert.Empty(Reserve(Service("""{"ports":[{"port":80}]}""")).Problems));
    }

    [Fact]
    public void Node_ports_are_kept_by_name_and_freed_with_the_type()
    {
        var first = Reserve(Service("""{"type":"NodePort","ports":[{"name":"a","port":80},{"name":"b","port":81}]}"""));
        first.Allocation.Commit();
        Assert.Equal(["spec.ports[0].nodePort: Invalid value: 0: failed to allocate a nodePort: range is full"], Reserve(Service("""{"type":"NodePort","ports":[{"port":80}]}""")).Problems);

        var renamed = (JsonObject)first.Service.DeepClone();
        foreach (var port in renamed.Object("spec").Array("ports")!.OfType<JsonObject>())
            port.Remove("nodePort");
        ServiceUpdate.Prepare(renamed.Object("spec")!, first.Service.Object("spec")!);
        Assert.Equal(NodePorts(first.Service), NodePorts(renamed));

        var plain = (JsonObject)first.Service.DeepClone();
        plain.Object("spec")!["type"] = "ClusterIP";
        ServiceUpdate.Prepare(plain.Object("spec")!, first.Service.Object("spec")!);
        Assert.Equal([null, null], NodePorts(plain));
        Reserve(plain, first.Service).Allocation.Commit();
        Assert.Empty(Reserve(Service("""{"type":"NodePort","ports":[{"port":80}]}""")).Problems);
    }

    [Fact]
    public void A_headless_Service_has_no_address()
    {
        var service = Reserve(Service("""{"clusterIP":"None","selector":{"a":"b"},"ports":[{"port":80}]}""")).Service;
        Assert.Equal("None", service.Object("spec").String("clusterIP"));
        Assert.Equal("None", service.Object("spec").Array("clusterIPs")![0].AsStringOrNull());
    }

    private static long?[] NodePorts(JsonObject service) => [.. service.Object("spec").Array("ports")!.Select(port => port.Member("nodePort").AsInt64OrNull())];

    private static JsonObject Service(string spec)
    {
        var service = Written.Parse($$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{{spec}}}""");
        var resource = Written.Find(service);
        resource.Decode(service, _ => { });
        resource.Rules.Default(service);
        resource.Rules.PrepareForCreate(service);
        return service;
    }

    private (JsonObject Service, ServiceAllocation Allocation, IEnumerable<string> Problems) Reserve(JsonObject service, JsonObject? old = null)
    {
        var problems = new FieldProblems();
        var allocation = ServiceAllocation.Reserve(service, old, network, problems);
        return (service, allocation, problems.Select(problem => problem.ToString()));
    }
}
