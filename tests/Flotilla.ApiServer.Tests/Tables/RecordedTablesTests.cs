using System.Text.Json.Nodes;
using Flotilla.ApiServer.Tables;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Tests.Tables;

/// <summary>Tables as a real API server made them.</summary>
public sealed class RecordedTablesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-11-23T18:01:55Z", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("list of config maps", IncludeObject.Metadata)]
    [InlineData("with the objects", IncludeObject.Object)]
    [InlineData("without the objects", IncludeObject.None)]
    internal void Config_maps_are_printed_as_recorded(string step, IncludeObject include)
    {
        var recorded = Recorded.Body("a29-tables", step);
        var objects = Recorded.Body("a29-tables", "with the objects").Array("rows")!.Select(r => r.Object("object")!);
        var printed = TablePrinter.For("v1", "configmaps").Print(recorded.Object("metadata"), objects, new TableOptions(include), Now);
        Assert.Equal(recorded.ToJsonString(), printed.ToJsonString());
    }

    [Fact]
    public void One_object_brings_its_resource_version()
    {
        var recorded = Recorded.Body("a29-tables", "one config map");
        var one = Recorded.Body("a29-tables", "with the objects").Array("rows")![0].Object("object")!;
        var printed = TablePrinter.For("v1", "configmaps").Print(one, new TableOptions(), Now);
        Assert.Equal(recorded.ToJsonString(), printed.ToJsonString());
    }

    [Theory]
    [InlineData("a29-tables", "an empty list of deployments", "apps/v1", "deployments")]
    [InlineData("a29-tables", "an empty list of leases", "coordination.k8s.io/v1", "leases")]
    [InlineData("a29-tables", "list of pods", "v1", "pods")]
    [InlineData("a29-tables", "a namespace", "v1", "namespaces")]
    [InlineData("b20-deployment", "as a table", "apps/v1", "deployments")]
    [InlineData("b23-node-lease-event", "as a table", "v1", "nodes")]
    public void Columns_are_described_as_recorded(string transcript, string step, string apiVersion, string plural)
    {
        var recorded = Recorded.Body(transcript, step).Array("columnDefinitions")!;
        var printed = TablePrinter.For(apiVersion, plural).Print(null, [], new TableOptions(), Now).Array("columnDefinitions")!;
        Assert.Equal(recorded.ToJsonString(), printed.ToJsonString());
    }

    [Fact]
    public void A_new_pod_is_printed_as_recorded()
    {
        var pod = Recorded.Body("a29-tables", "create a pod");
        var recorded = Recorded.Body("a29-tables", "list of pods").Array("rows")![0].Array("cells")!;
        var printed = TablePrinter.For("v1", "pods").Print(pod, new TableOptions(), Now.AddSeconds(1)).Array("rows")![0].Array("cells")!;
        Assert.Equal(recorded.ToJsonString(), printed.ToJsonString());
    }

    [Fact]
    public void Later_events_of_a_watch_carry_no_columns()
    {
        var printed = TablePrinter.For("v1", "configmaps").Print(new JsonObject(), new TableOptions(IncludeObject.None, Headers: false), Now);
        Assert.Equal("""{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{},"columnDefinitions":null,"rows":[{"cells":["",0,"\u003Cunknown\u003E"],"object":null}]}""", printed.ToJsonString());
    }

    [Fact]
    public void An_unknown_includeObject_is_refused_in_the_recorded_words()
    {
        var recorded = Recorded.Body("a29-tables", "includeObject unknown").String("message");
        Assert.Equal(recorded, Assert.Throws<ApiStatusException>(() => TableOptions.ReadInclude("Some")).Message);
    }

    [Fact]
    public void Metadata_of_a_list_is_as_recorded()
    {
        var recorded = Recorded.Body("a28-partial-object-metadata", "list");
        var items = recorded.Array("items")!.Select(i => new JsonObject { ["kind"] = "ConfigMap", ["metadata"] = i.Object("metadata")!.DeepClone(), ["data"] = new JsonObject() });
        Assert.Equal(recorded.ToJsonString(), PartialMetadata.OfList(recorded.Object("metadata"), items).ToJsonString());
    }

    [Fact]
    public void Metadata_in_the_wrong_number_is_refused_in_the_recorded_words()
    {
        var configMaps = BuiltInTypes.Instance.Resources.Single(r => r.GroupResource == "configmaps");
        Assert.Equal(
            Recorded.Body("a28-partial-object-metadata", "list with the singular").String("message"), PartialMetadata.IsList(configMaps, custom: false).Message);
        Assert.Equal(
            Recorded.Body("a28-partial-object-metadata", "get with the plural").String("message"), PartialMetadata.IsNotList(configMaps, custom: false).Message);
    }
}
