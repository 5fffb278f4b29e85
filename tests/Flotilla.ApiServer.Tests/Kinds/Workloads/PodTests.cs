using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Kinds.Workloads;

public sealed class PodTests
{
    [Theory]
    [InlineData("nginx", "Always")]
    [InlineData("nginx:latest", "Always")]
    [InlineData("registry:5000/nginx", "Always")]
    [InlineData("nginx:1.29", "IfNotPresent")]
    [InlineData("registry.example.com:5000/a/nginx:1.29", "IfNotPresent")]
    [InlineData("nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "IfNotPresent")]
    [InlineData("not an image", "IfNotPresent")]
    public void The_pull_policy_follows_the_tag(string image, string policy) =>
        Assert.Equal(policy, Container(Pod($$"""{"containers":[{"name":"a","image":"{{image}}"}]}""")).String("imagePullPolicy"));

    [Fact]
    public void Probes_ports_and_volumes_get_what_they_leave_out()
    {
        var pod = Pod("""
            {"hostNetwork":true,"containers":[{"name":"a","image":"a:1","ports":[{"containerPort":80}],"livenessProbe":{"httpGet":{"port":80}},
            "resources":{"limits":{"cpu":"1"}},"env":[{"name":"N","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}]}],
            "volumes":[{"name":"s","secret":{"secretName":"x"}},{"name":"h","hostPath":{"path":"/"}},{"name":"e"}]}
            """);
        Assert.Empty(pod.Texts);
        Same("""{"containerPort":80,"hostPort":80,"protocol":"TCP"}""", Container(pod).Array("ports")![0]);
        Same("""{"httpGet":{"path":"/","port":80,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}""", Container(pod).Member("livenessProbe"));
        Same("""{"limits":{"cpu":"1"},"requests":{"cpu":"1"}}""", Container(pod).Member("resources"));
        Same("""{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}""", Container(pod).Array("env")![0].Member("valueFrom"));
        Same("""[{"name":"s","secret":{"secretName":"x","defaultMode":420}},{"name":"h","hostPath":{"path":"/","type":""}},{"name":"e","emptyDir":{}}]""", pod.Object.Object("spec").Member("volumes"));
    }

    [Theory]
    [InlineData("""{"containers":[]}""", "spec.containers: Required value")]
    [InlineData("""{"containers":[{"name":"a"}]}""", "spec.containers[0].image: Required value")]
    [InlineData("""{"containers":[{"name":"a","image":"i"},{"name":"a","image":"i"}]}""", "spec.containers[1].name: Duplicate value: \"a\"")]
    [InlineData("""{"containers":[{"name":"a","image":"i","ports":[{"containerPort":0}]}]}""", "spec.containers[0].ports[0].containerPort: Required value")]
    [InlineData("""{"containers":[{"name":"a","image":"i","imagePullPolicy":"Never!"}]}""",
        "spec.containers[0].imagePullPolicy: Unsupported value: \"Never!\": supported values: \"Always\", \"IfNotPresent\", \"Never\"")]
    [InlineData("""{"containers":[{"name":"a","image":"i","volumeMounts":[{"name":"v","mountPath":"/v"}]}]}""", "spec.containers[0].volumeMounts[0].name: Not found: \"v\"")]
    [InlineData("""{"containers":[{"name":"a","image":"i","resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1"}}}]}""",
        "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1")]
    [InlineData("""{"containers":[{"name":"a","image":"i","livenessProbe":{"exec":{"command":["x"]},"periodSeconds":-1}}]}""",
        "spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("""{"restartPolicy":"Sometimes","containers":[{"name":"a","image":"i"}]}""",
        "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\"")]
    [InlineData("""{"containers":[{"name":"a","image":"i"}],"volumes":[{"name":"v","hostPath":{"path":"/"},"emptyDir":{}}]}""",
        "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type")]
    [InlineData("""{"containers":[{"name":"a","image":"i"}],"ephemeralContainers":[{"name":"e","image":"i"}]}""", "spec.ephemeralContainers: Forbidden: cannot be set on create")]
    public void A_wrong_spec_is_refused(string spec, string problem) => Assert.Equal([problem], Pod(spec).Texts);

    [Theory]
    [InlineData("""{"limits":{"cpu":"1","memory":"1Gi"}}""", "Guaranteed")]
    [InlineData("""{"requests":{"cpu":"1"}}""", "Burstable")]
    [InlineData("""{}""", "BestEffort")]
    public void The_class_of_service_follows_the_resources(string resources, string quality) =>
        Assert.Equal(quality, Pod($$"""{"containers":[{"name":"a","image":"i","resources":{{resources}}}]}""").Object.Object("status").String("qosClass"));

    [Fact]
    public void An_image_may_change_but_a_command_may_not()
    {
        var pod = Pod("""{"containers":[{"name":"a","image":"i"}]}""");
        Assert.Empty(pod.Update(obj => Spec(obj).Array("containers")![0]!["image"] = "j").Texts);
        Assert.StartsWith("spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`",
            Assert.Single(pod.Update(obj => Spec(obj).Array("containers")![0]!["command"] = new JsonArray("sh")).Texts), StringComparison.Ordinal);
    }

    [Fact]
    public void Ephemeral_containers_are_added_through_their_subresource_and_then_stay()
    {
        var pod = Pod("""{"containers":[{"name":"a","image":"i"}]}""");
        var added = pod.Update("ephemeralcontainers", obj =>
        {
            Spec(obj)["ephemeralContainers"] = new JsonArray(Written.Parse("""{"name":"debug","image":"busybox"}"""));
            Spec(obj).Array("containers")![0]!["image"] = "changed";
        });
        Assert.Empty(added.Texts);
        Assert.Equal("i", Container(added).String("image"));
        Assert.Equal("debug", Spec(added.Object).Array("ephemeralContainers")![0].String("name"));
        Assert.Equal(["spec.ephemeralContainers: Forbidden: existing ephemeral containers \"debug\" may not be removed\n"],
            added.Update("ephemeralcontainers", obj => Spec(obj).Remove("ephemeralContainers")).Texts);
    }

    [Fact]
    public void Resizing_changes_cpu_and_memory_but_not_the_class_of_service()
    {
        var pod = Pod("""{"containers":[{"name":"a","image":"i","resources":{"requests":{"cpu":"1"},"limits":{"cpu":"2"}}}]}""");
        Assert.Empty(pod.Update("resize", obj => Resources(obj).Object("requests")!["cpu"] = "1500m").Texts);
        Assert.Equal(["spec: Invalid value: \"Burstable\": Pod QOS Class may not change as a result of resizing"], pod.Update("resize", obj =>
        {
            Resources(obj)["requests"] = Written.Parse("""{"cpu":"2","memory":"1Gi"}""");
            Resources(obj)["limits"] = Written.Parse("""{"cpu":"2","memory":"1Gi"}""");
        }).Texts);
    }

    [Theory]
    [InlineData("""{}""", null, 0)]
    [InlineData("""{"nodeName":"n"}""", null, 30)]
    [InlineData("""{"nodeName":"n","terminationGracePeriodSeconds":5}""", null, 5)]
    [InlineData("""{"nodeName":"n"}""", 0L, 0)]
    public void Only_a_Pod_on_a_node_is_waited_for(string spec, long? asked, long seconds)
    {
        var pod = Pod(spec);
        Assert.Equal(seconds, pod.Resource.Rules.GracePeriodSeconds(pod.Object, asked));
    }

    [Fact]
    public void Repeated_names_of_variables_are_warned_of()
    {
        var pod = Pod("""{"containers":[{"name":"a","image":"i","env":[{"name":"X","value":"1"},{"name":"X","value":"2"}]}]}""");
        Assert.Equal(["spec.containers[0].env[1]: hides previous definition of \"X\", which may be dropped when using apply"], pod.Resource.Rules.Warnings(pod.Object, null));
    }

    private static Written Pod(string spec) => Written.Create($$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{{spec}}}""");

    private static JsonObject Spec(JsonObject obj) => obj.Object("spec")!;

    private static JsonObject Container(Written pod) => (JsonObject)Spec(pod.Object).Array("containers")![0]!;

    private static JsonObject Resources(JsonObject obj) => Spec(obj).Array("containers")![0].Object("resources")!;

    private static void Same(string want, JsonNode? got) =>
        Assert.True(JsonNodeExtensions.DeepEquals(JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(want)), got), $"want {want}\ngot  {got?.ToJsonString()}");
}
