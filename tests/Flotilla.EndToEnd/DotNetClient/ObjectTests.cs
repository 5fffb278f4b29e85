using System.Net;
using System.Text.Json.Serialization;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Flotilla.EndToEnd.DotNetClient;

public sealed class ObjectTests(OfficialClient official) : IClassFixture<OfficialClient>
{
    private readonly IKubernetes client = official.Client;
    private readonly string space = $"t{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Typed_objects_are_created_read_changed_and_deleted()
    {
        await CreateNamespaceAsync();
        var apps = client.AppsV1;
        var created = await apps.CreateNamespacedDeploymentAsync(Deployment(), space, cancellationToken: Cancellation);
        Assert.Equal((1, 1L, "RollingUpdate"), (created.Spec.Replicas, created.Metadata.Generation, created.Spec.Strategy.Type));

        created.Spec.Replicas = 3;
        var replaced = await apps.ReplaceNamespacedDeploymentAsync(created, "web", space, cancellationToken: Cancellation);
        Assert.Equal((3, 2L), (replaced.Spec.Replicas, replaced.Metadata.Generation));
        var conflict = await Assert.ThrowsAsync<HttpOperationException>(() => apps.ReplaceNamespacedDeploymentAsync(created, "web", space, cancellationToken: Cancellation));
        Assert.Equal(HttpStatusCode.Conflict, conflict.Response.StatusCode);

        var patched = await apps.PatchNamespacedDeploymentAsync(
            new V1Patch("""{"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "nginx:2"}]}}}}""", V1Patch.PatchType.StrategicMergePatch),
            "web", space, cancellationToken: Cancellation);
        Assert.Equal("nginx:2", Assert.Single(patched.Spec.Template.Spec.Containers).Image);
        patched.Status = new V1DeploymentStatus { Replicas = 3, ReadyReplicas = 1 };
        var status = await apps.ReplaceNamespacedDeploymentStatusAsync(patched, "web", space, cancellationToken: Cancellation);
        Assert.Equal((3, 1), (status.Status.Replicas, status.Status.ReadyReplicas));
        var scale = await apps.ReadNamespacedDeploymentScaleAsync("web", space, cancellationToken: Cancellation);
        Assert.Equal((3, 3), (scale.Spec.Replicas, scale.Status.Replicas));

        await apps.DeleteNamespacedDeploymentAsync("web", space, propagationPolicy: "Background", cancellationToken: Cancellation);
        var missing = await Assert.ThrowsAsync<HttpOperationException>(() => apps.ReadNamespacedDeploymentAsync("web", space, cancellationToken: Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, missing.Response.StatusCode);
    }

    [Fact]
    public async Task Lists_come_in_pages()
    {
        await CreateNamespaceAsync();
        foreach (var number in Enumerable.Range(0, 7))
            await client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap($"m{number}"), space, cancellationToken: Cancellation);

        var names = new List<string>();
        string? next = null;
        do
        {
            var page = await client.CoreV1.ListNamespacedConfigMapAsync(space, limit: 3, continueParameter: next, labelSelector: "test=yes", cancellationToken: Cancellation);
            Assert.InRange(page.Items.Count, 1, 3);
            names.AddRange(page.Items.Select(m => m.Name()));
            next = page.Continue();
        }
        while (!string.IsNullOrEmpty(next));
        Assert.Equal(Enumerable.Range(0, 7).Select(n => $"m{n}"), names);
    }

    [Fact]
    public async Task Secrets_and_quantities_keep_their_form()
    {
        await CreateNamespaceAsync();
        var secret = await client.CoreV1.CreateNamespacedSecretAsync(
            new V1Secret { Metadata = new V1ObjectMeta { Name = "key" }, StringData = new Dictionary<string, string> { ["a"] = "ü" } }, space, cancellationToken: Cancellation);
        Assert.Equal("ü"u8.ToArray(), secret.Data["a"]);
        var claim = await client.CoreV1.CreateNamespacedPersistentVolumeClaimAsync(
            new V1PersistentVolumeClaim
            {
                Metadata = new V1ObjectMeta { Name = "disk" },
                Spec = new V1PersistentVolumeClaimSpec
                {
                    AccessModes = ["ReadWriteOnce"],
                    Resources = new V1VolumeResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new("10Gi") } },
                },
            },
            space, cancellationToken: Cancellation);
        Assert.Equal("10Gi", claim.Spec.Resources.Requests["storage"].ToString());
    }

    [Fact]
    public async Task Custom_resources_work_through_the_generic_client()
    {
        await CreateNamespaceAsync();
        var group = $"{space}.example.com";
        await client.ApiextensionsV1.CreateCustomResourceDefinitionAsync(Definition(group), cancellationToken: Cancellation);
        await foreach (var (_, definition) in client.ApiextensionsV1.WatchListCustomResourceDefinitionAsync(fieldSelector: $"metadata.name=boats.{group}", cancellationToken: Cancellation))
        {
            if (definition.Status?.Conditions?.Any(c => c is { Type: "Established", Status: "True" }) == true)
                break;
        }

        using var boats = new GenericClient(client, group, "v1", "boats", disposeClient: false);
        var created = await boats.CreateNamespacedAsync(new Boat { ApiVersion = $"{group}/v1", Kind = "Boat", Metadata = new V1ObjectMeta { Name = "anna" }, Spec = new BoatSpec { Length = 12 } }, space, Cancellation);
        Assert.Equal(12, created.Spec.Length);
        created.Spec.Length = 13;
        Assert.Equal(13, (await boats.ReplaceNamespacedAsync(created, space, "anna", Cancellation)).Spec.Length);
        Assert.Single((await boats.ListNamespacedAsync<CustomResourceList<Boat>>(space, cancel: Cancellation)).Items);
        await boats.DeleteNamespacedAsync<V1Status>(space, "anna", Cancellation);
        Assert.Empty((await boats.ListNamespacedAsync<CustomResourceList<Boat>>(space, cancel: Cancellation)).Items);
    }

    private Task CreateNamespaceAsync() =>
        client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = space } }, cancellationToken: Cancellation);

    private static V1ConfigMap ConfigMap(string name) =>
        new() { Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["test"] = "yes" } } };

    private static V1Deployment Deployment() => new()
    {
        Metadata = new V1ObjectMeta { Name = "web" },
        Spec = new V1DeploymentSpec
        {
            Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = "web" } },
            Template = new V1PodTemplateSpec
            {
                Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = "web" } },
                Spec = new V1PodSpec { Containers = [new V1Container { Name = "main", Image = "nginx:1" }] },
            },
        },
    };

    private static V1CustomResourceDefinition Definition(string group) => new()
    {
        Metadata = new V1ObjectMeta { Name = $"boats.{group}" },
        Spec = new V1CustomResourceDefinitionSpec
        {
            Group = group,
            Scope = "Namespaced",
            Names = new V1CustomResourceDefinitionNames { Plural = "boats", Kind = "Boat" },
            Versions =
            [
                new V1CustomResourceDefinitionVersion
                {
                    Name = "v1",
                    Served = true,
                    Storage = true,
                    Schema = new V1CustomResourceValidation
                    {
                        OpenAPIV3Schema = new V1JSONSchemaProps { Type = "object", XKubernetesPreserveUnknownFields = true },
                    },
                },
            ],
        },
    };

    private sealed class Boat : IKubernetesObject<V1ObjectMeta>
    {
        [JsonPropertyName("apiVersion")]
        public required string ApiVersion { get; set; }

        [JsonPropertyName("kind")]
        public required string Kind { get; set; }

        [JsonPropertyName("metadata")]
        public required V1ObjectMeta Metadata { get; set; }

        [JsonPropertyName("spec")]
        public required BoatSpec Spec { get; set; }
    }

    private sealed class BoatSpec
    {
        [JsonPropertyName("length")]
        public int Length { get; set; }
    }

    private sealed class CustomResourceList<T> : KubernetesObject
    {
        [JsonPropertyName("items")]
        public required IList<T> Items { get; set; }
    }
}
