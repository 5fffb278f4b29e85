using System.Text.Json.Nodes;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Core.Tests.Applying;

public sealed class OwnedFieldsTests
{
    private const string Declared = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: till, namespace: shop, labels: {app: till}}
        spec:
          replicas: 2
          template:
            spec:
              containers:
              - name: main
                image: x:1
                ports: [{containerPort: 80}]
                volumeMounts: []
        """;

    /// <summary>As a server has it: defaults filled in, and what others own.</summary>
    private const string Live = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: till
          namespace: shop
          labels: {app: till, theirs: "1"}
          uid: u
          managedFields:
          - {manager: kubectl, operation: Update, apiVersion: apps/v1, time: "2026-01-02T00:00:00Z", fieldsV1: {"f:metadata": {"f:labels": {"f:theirs": {}}}}}
          - manager: flotilla
            operation: Apply
            apiVersion: apps/v1
            time: "2026-01-01T00:00:00Z"
            fieldsV1:
              f:metadata: {"f:labels": {"f:app": {}}}
              f:spec:
                f:replicas: {}
                f:template:
                  f:spec:
                    f:containers:
                      'k:{"name":"main"}':
                        .: {}
                        f:name: {}
                        f:image: {}
                        f:ports:
                          'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}
                        f:volumeMounts: {}
        spec:
          replicas: 2
          progressDeadlineSeconds: 600
          template:
            spec:
              containers:
              - name: side
                image: y
              - name: main
                image: x:1
                imagePullPolicy: Always
                ports: [{containerPort: 80, protocol: TCP}]
        """;

    [Fact]
    public void What_is_as_declared_has_no_departures_whatever_others_and_the_server_added() => Assert.Empty(Departures(Live, Declared));

    [Theory]
    [InlineData("replicas: 2\n  progress", "replicas: 3\n  progress", ".spec.replicas")]
    [InlineData("image: x:1\n        imagePull", "image: x:2\n        imagePull", ".spec.template.spec.containers[name=\"main\"].image")]
    [InlineData("f:replicas: {}", "f:paused: {}", ".spec.replicas, .spec.paused")]
    [InlineData("\"f:labels\": {\"f:app\": {}}", "\"f:labels\": {\"f:app\": {}, \"f:old\": {}}", ".metadata.labels.old")]
    [InlineData("- name: main\n        image: x:1", "- name: other\n        image: x:1", ".spec.template.spec.containers[name=\"main\"].image, .spec.template.spec.containers[name=\"main\"].name")]
    public void A_change_of_value_or_owner_is_named(string from, string to, string expected)
    {
        var changed = Live.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(Live, changed);
        var found = string.Join(", ", Departures(changed, Declared));
        Assert.All(expected.Split(", "), path => Assert.Contains(path, found, StringComparison.Ordinal));
        Assert.NotEqual(Fingerprint(Live), Fingerprint(changed));
    }

    [Theory]
    [InlineData("theirs: \"1\"", "theirs: \"2\"")]
    [InlineData("imagePullPolicy: Always", "imagePullPolicy: Never")]
    [InlineData("progressDeadlineSeconds: 600", "progressDeadlineSeconds: 60")]
    [InlineData("image: y", "image: z")]
    public void What_is_not_ours_changes_neither_departures_nor_fingerprint(string from, string to)
    {
        var changed = Live.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(Live, changed);
        Assert.Empty(Departures(changed, Declared));
        Assert.Equal(Fingerprint(Live), Fingerprint(changed));
    }

    [Theory]
    [InlineData("spec.replicas", "replicas: 2\n  progress", "replicas: 9\n  progress")]
    [InlineData("spec.template.spec.containers[*].image", "image: x:1\n        imagePull", "image: x:2\n        imagePull")]
    [InlineData("metadata.labels[\"app\"]", "labels: {app: till, theirs", "labels: {app: other, theirs")]
    [InlineData("spec.replicas", "        f:replicas: {}\n", "")]
    public void Ignored_fields_count_neither_by_value_nor_by_owner(string path, string from, string to)
    {
        var changed = Live.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(Live, changed);
        Assert.Empty(Departures(changed, Declared, path));
        Assert.Equal(Fingerprint(Live, path), Fingerprint(changed, path));
    }

    [Fact]
    public void Whoever_owns_the_changed_fields_is_named_or_else_who_wrote_last()
    {
        Assert.Equal(["kubectl"], DriftOwners.Of(Read(Live), [new FieldDeparture("", ["f:metadata", "f:labels", "f:theirs"])], "flotilla"));
        Assert.Equal(["kubectl"], DriftOwners.Of(Read(Live), [new FieldDeparture("", ["f:spec", "f:replicas"])], "flotilla"));
    }

    [Theory]
    [InlineData("spec[0]")]
    [InlineData("spec..replicas")]
    [InlineData("spec[")]
    [InlineData("")]
    public void A_path_that_is_malformed_is_refused(string path) => Assert.Throws<FormatException>(() => FieldPatterns.Parse([path]));

    private static IEnumerable<string> Departures(string live, string declared, params string[] ignored) =>
        OwnedFields.Of(Read(live), "flotilla")!.Departures(Read(live), Read(declared), FieldPatterns.Parse(ignored)).Select(d => d.Path);

    private static string Fingerprint(string live, params string[] ignored) =>
        OwnedFields.Of(Read(live), "flotilla")!.Fingerprint(Read(live), FieldPatterns.Parse(ignored));

    private static JsonObject Read(string yaml) => (JsonObject)YamlReader.ReadAll(yaml)[0].Content!;
}
