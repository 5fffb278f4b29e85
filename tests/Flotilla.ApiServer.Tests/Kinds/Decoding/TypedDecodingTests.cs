using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Decoding;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Tests.Kinds.Decoding;

public sealed class TypedDecodingTests
{
    [Fact]
    public void What_a_real_server_answered_stays_as_it_is()
    {
        Assert.SkipWhen(Transcripts.Folder is null, Transcripts.Missing);
        var objects = Transcripts.Steps().SelectMany(step => Objects(step.Answer).Select(obj => (step.Name, Object: obj))).ToList();
        Assert.True(objects.Count > 300, $"{objects.Count} objects");
        Assert.All(objects, recorded =>
        {
            var schema = BuiltInTypes.Instance.Kind(recorded.Object.String("apiVersion")!, recorded.Object.String("kind")!)!;
            var decoded = (JsonObject)recorded.Object.DeepClone();
            List<string> unknown = [];
            Assert.Null(TypedDecoding.Decode(decoded, schema, unknown.Add));
            Assert.Empty(unknown);
            Assert.True(JsonNodeExtensions.DeepEquals(recorded.Object, decoded), $"{recorded.Name}\nwant {recorded.Object.ToJsonString()}\ngot  {decoded.ToJsonString()}");
        });
    }

    [Theory]
    [InlineData("""{"spec":{"replicas":"three"}}""", "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"replicas":1.5}}""", "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"replicas":3000000000}}""", "json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":7}""", "json: cannot unmarshal number into Go struct field Deployment.spec of type v1.DeploymentSpec")]
    [InlineData("""{"metadata":{"labels":{"a":true}}}""", "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":{}}}}}""", "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"ports":[{"containerPort":"x"}]}]}}}}""",
        "json: cannot unmarshal string into Go struct field ContainerPort.spec.template.spec.containers.ports.containerPort of type int32")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"resources":{"limits":{"cpu":"much"}}}]}}}}""",
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    [InlineData("""{"spec":{"strategy":{"rollingUpdate":{"maxSurge":true}}}}""", "json: cannot unmarshal bool into Go value of type int32")]
    [InlineData("""{"metadata":{"creationTimestamp":"today"}}""", "parsing time \"today\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"today\" as \"2006\"")]
    public void A_value_of_another_type_is_refused(string text, string problem) =>
        Assert.Equal(problem, TypedDecoding.Decode(Parse(text), Deployment));

    [Fact]
    public void Unknown_fields_go_and_are_reported_with_their_path()
    {
        var obj = Parse("""{"spec":{"foo":1,"Replicas":2,"template":{"metadata":{"labels":{"x":"y"},"lables":{}},"spec":{"containers":[{"name":"a"},{"name":"b","bar":{}}]}}},"more":[]}""");
        List<string> unknown = [];
        Assert.Null(TypedDecoding.Decode(obj, Deployment, unknown.Add));
        Assert.Equal(["spec.foo", "spec.Replicas", "spec.template.metadata.lables", "spec.template.spec.containers[1].bar", "more"], unknown);
        Assert.Null(obj.Member("more"));
        Assert.Null(obj.Object("spec").Member("foo"));
    }

    [Theory]
    [InlineData("v1", "ConfigMap", """{"data":{},"binaryData":{"a":"aGk\n="},"immutable":false}""", """{"metadata":{},"binaryData":{"a":"aGk="},"immutable":false}""")]
    [InlineData("v1", "ConfigMap", """{"data":{"a":null},"immutable":null,"metadata":null}""", """{"metadata":{},"data":{"a":""}}""")]
    [InlineData("rbac.authorization.k8s.io/v1", "Role", """{"metadata":{"labels":{},"name":""}}""", """{"metadata":{},"rules":null}""")]
    [InlineData("rbac.authorization.k8s.io/v1", "Role", """{"rules":[]}""", """{"metadata":{},"rules":null}""")]
    [InlineData("coordination.k8s.io/v1", "Lease", """{"spec":{"renewTime":"2024-01-01T01:00:00.120000+01:00","holderIdentity":""}}""",
        """{"metadata":{},"spec":{"renewTime":"2024-01-01T00:00:00.120000Z","holderIdentity":""}}""")]
    [InlineData("v1", "LimitRange", """{"spec":{"limits":[{"type":"Container","max":{"cpu":0.5,"memory":"1024Mi"}}]}}""",
        """{"metadata":{},"spec":{"limits":[{"type":"Container","max":{"cpu":"500m","memory":"1Gi"}}]}}""")]
    [InlineData("v1", "Event", """{"lastTimestamp":"2024-01-01T02:00:00.999+02:00","count":0}""",
        """{"metadata":{},"involvedObject":{},"source":{},"firstTimestamp":null,"lastTimestamp":"2024-01-01T00:00:00Z","eventTime":null,"reportingComponent":"","reportingInstance":""}""")]
    [InlineData("v1", "Pod", """{"spec":{"containers":[null,{"name":"c","securityContext":{},"env":[{"name":"X","value":""}],"livenessProbe":{"httpGet":{"path":""}}}]}}""",
        """{"metadata":{},"spec":{"containers":[{"name":"","resources":{}},{"name":"c","securityContext":{},"env":[{"name":"X"}],"livenessProbe":{"httpGet":{"port":0}},"resources":{}}]},"status":{}}""")]
    [InlineData("apps/v1", "ControllerRevision", """{"revision":0,"data":{"any":null,"list":[]}}""", """{"metadata":{},"data":{"any":null,"list":[]},"revision":0}""")]
    public void Empties_go_and_what_Go_always_writes_appears(string apiVersion, string kind, string text, string expected)
    {
        var obj = Parse(text);
        Assert.Null(TypedDecoding.Decode(obj, BuiltInTypes.Instance.Kind(apiVersion, kind)!));
        Assert.True(JsonNodeExtensions.DeepEquals(Parse(expected), obj), obj.ToJsonString());
    }

    [Theory]
    [InlineData("""{"kind":"Pod","apiVersion":"v1"}""", "Pod in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion")]
    [InlineData("""{"kind":"ConfigMapList","apiVersion":"v1","items":[]}""", "ConfigMapList in version \"v1\" cannot be handled as a ConfigMap: converting (v1.ConfigMapList) to (core.ConfigMap): unknown conversion")]
    [InlineData("""{"kind":"Nope"}""", "Nope in version \"v1\" cannot be handled as a ConfigMap: no kind \"Nope\" is registered for version \"v1\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"")]
    [InlineData("""{"apiVersion":"v2"}""", "ConfigMap in version \"v2\" cannot be handled as a ConfigMap: no kind \"ConfigMap\" is registered for version \"v2\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"")]
    public void A_body_of_another_kind_is_refused(string text, string message)
    {
        var resource = BuiltInTypes.Instance.Resources.Single(r => r.Kind == "ConfigMap");
        var failure = Assert.Throws<ApiStatusException>(() => TypedDecoding.DecodeBody(Parse(text), resource, BuiltInTypes.Instance.Kind("v1", "ConfigMap")!));
        Assert.Equal((400, "BadRequest", message), (failure.Status.Code, failure.Status.Reason, failure.Status.Message));
    }

    [Fact]
    public void A_body_without_kind_is_taken_for_the_expected_one()
    {
        var obj = new JsonObject();
        var resource = BuiltInTypes.Instance.Resources.Single(r => r.Kind == "ConfigMap");
        TypedDecoding.DecodeBody(obj, resource, BuiltInTypes.Instance.Kind("v1", "ConfigMap")!);
        Assert.Equal(("v1", "ConfigMap"), (obj.String("apiVersion"), obj.String("kind")));
    }

    private static Schema Deployment => BuiltInTypes.Instance.Kind("apps/v1", "Deployment")!;

    private static JsonObject Parse(string text) => (JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes(text))!;

    private static IEnumerable<JsonObject> Objects(JsonObject? answer)
    {
        if (answer is null)
            yield break;
        if (answer.Array("items") is { } items)
        {
            foreach (var item in items.OfType<JsonObject>())
            {
                item["apiVersion"] ??= answer.String("apiVersion");
                item["kind"] ??= answer.String("kind")![..^4];
                if (BuiltInTypes.Instance.Kind(item.String("apiVersion")!, item.String("kind")!) is not null)
                    yield return item;
            }
        }
        else if (answer.String("kind") is { } kind and not "Status" && BuiltInTypes.Instance.Kind(answer.String("apiVersion") ?? "", kind) is not null)
        {
            yield return answer;
        }
    }
}
