using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Kinds;

public sealed class ObjectMetaRulesTests
{
    private const string Label =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
        "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private const string Subdomain =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character " +
        "(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    [Theory]
    [InlineData("""{"namespace":"a"}""", "metadata.name: Required value: name or generateName is required")]
    [InlineData("""{"name":"A","namespace":"a"}""", "metadata.name: Invalid value: \"A\": " + Subdomain)]
    [InlineData("""{"name":"a"}""", "metadata.namespace: Required value")]
    [InlineData("""{"name":"a","namespace":"a","labels":{"x":"-"}}""", "metadata.labels: Invalid value: \"-\": " + Label)]
    [InlineData("""{"name":"a","namespace":"a","labels":{"/x":""}}""", "metadata.labels: Invalid value: \"/x\": prefix part must be non-empty")]
    [InlineData("""{"name":"a","namespace":"a","finalizers":["orphan","foregroundDeletion"]}""",
        "metadata.finalizers: Invalid value: [\"orphan\",\"foregroundDeletion\"]: finalizer orphan and foregroundDeletion cannot be both set")]
    [InlineData("""{"name":"a","namespace":"a","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":""}]}""",
        "metadata.ownerReferences.uid: Invalid value: \"\": must not be empty")]
    [InlineData("""{"name":"a","namespace":"a","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"1","controller":true},{"apiVersion":"v1","kind":"Pod","name":"q","uid":"2","controller":true}]}""",
        """metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"Pod","name":"p","uid":"1","controller":true},{"apiVersion":"v1","kind":"Pod","name":"q","uid":"2","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for Pod/p and Pod/q""")]
    [InlineData("""{"name":"a","namespace":"a","managedFields":[{"operation":"Patch"}]}""",
        "metadata.managedFields[0].operation: Invalid value: \"Patch\": must be `Apply` or `Update`")]
    public void A_problem_of_metadata_is_told_as_kube_apiserver_does(string metadata, string problem) =>
        Assert.Equal([problem], Problems(problems => ObjectMetaRules.Validate(problems, Written.Parse(metadata), true, Names.DnsSubdomainProblems)));

    [Fact]
    public void Annotations_may_hold_256_KiB_together()
    {
        var half = new string('x', 128 * 1024);
        var annotations = new JsonObject { ["a"] = half[1..], ["b"] = half[1..] };
        Assert.Empty(Problems(problems => LabelRules.Annotations(problems, FieldPath.Of("annotations"), annotations)));
        annotations["b"] = half;
        Assert.Equal(["annotations: Too long: may not be more than 262144 bytes"], Problems(problems => LabelRules.Annotations(problems, FieldPath.Of("annotations"), annotations)));
    }

    [Theory]
    [InlineData("""{"name":"b"}""", "metadata.name: Invalid value: \"b\": field is immutable")]
    [InlineData("""{"uid":"2"}""", "metadata.uid: Invalid value: \"2\": field is immutable")]
    [InlineData("""{"resourceVersion":null}""", "metadata.resourceVersion: Invalid value: \"\": must be specified for an update")]
    [InlineData("""{"generation":1}""", "metadata.generation: Invalid value: 1: must not be decremented")]
    [InlineData("""{"deletionTimestamp":"2026-01-01T00:00:00Z","finalizers":["x/y","x/z"]}""",
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{\"x/z\"}")]
    public void What_identifies_an_object_stays(string change, string problem)
    {
        var old = Written.Parse("""{"name":"a","namespace":"n","uid":"1","resourceVersion":"7","generation":2,"finalizers":["x/y"]}""");
        var changes = Written.Parse(change);
        if (changes.ContainsKey("deletionTimestamp"))
            old["deletionTimestamp"] = changes.Member("deletionTimestamp")!.DeepClone();
        var now = (JsonObject)old.DeepClone();
        foreach (var (field, value) in changes)
            now[field] = value?.DeepClone();
        Assert.Equal([problem], Problems(problems => ObjectMetaRules.ValidateUpdate(problems, now, old)));
    }

    private static IEnumerable<string> Problems(Action<FieldProblems> check)
    {
        var problems = new FieldProblems();
        check(problems);
        return problems.Select(problem => problem.ToString());
    }
}
