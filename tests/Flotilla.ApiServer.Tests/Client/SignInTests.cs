using System.Text.Json.Nodes;
using Flotilla.ApiServer.Tests.Storage;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using static Flotilla.ApiServer.Tests.Client.ServedClient;

namespace Flotilla.ApiServer.Tests.Client;

/// <summary>How clients and servers come to trust each other over the wire.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private KubernetesApi api = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => api = await KubernetesApi.StartAsync(cancellation: Cancellation);

    public ValueTask DisposeAsync() => api.DisposeAsync();

    [Fact]
    public async Task A_server_of_another_authority_is_not_trusted_unless_everything_is()
    {
        await using var other = await KubernetesApi.StartAsync(cancellation: Cancellation);
        var endpoint = Kubeconfig.Parse(api.Kubeconfig);
        using var deceived = new KubernetesClient(endpoint with { Authorities = [other.Authority] });
        Assert.Equal(HttpRequestError.SecureConnectionError, (await Assert.ThrowsAsync<HttpRequestException>(() => deceived.VersionAsync(Cancellation))).HttpRequestError);
        using var careless = new KubernetesClient(endpoint with { Authorities = null, Insecure = true });
        Assert.NotEmpty(await careless.VersionAsync(Cancellation));
    }

    [Theory]
    [InlineData("kubernetes.default.svc", true)]
    [InlineData("somebody.else", false)]
    public async Task The_servers_name_may_be_another_than_its_address(string name, bool good)
    {
        using var client = new KubernetesClient(Kubeconfig.Parse(api.Kubeconfig) with { TlsServerName = name });
        if (good)
            Assert.NotEmpty(await client.VersionAsync(Cancellation));
        else
            await Assert.ThrowsAsync<HttpRequestException>(() => client.VersionAsync(Cancellation));
    }

    [Fact]
    public async Task A_program_that_signs_in_is_asked_again_when_the_server_refuses_what_it_gave()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "token");
        await File.WriteAllTextAsync(file, "stale", Cancellation);
        var endpoint = Kubeconfig.Parse(api.Kubeconfig) with
        {
            Token = null,
            SignIn = new ExecPlugin("sh")
            {
                Arguments = ["-c", $$$"""printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}' "$(cat {{{file}}})" """],
            },
        };
        using var client = new KubernetesClient(endpoint);
        Assert.Equal(401, (await Assert.ThrowsAsync<ApiStatusException>(() => client.VersionAsync(Cancellation))).Status.Code);
        await File.WriteAllTextAsync(file, api.Token, Cancellation);
        Assert.NotNull(await client.GetAsync(new ResourceReference("", "v1", "namespaces", false, "Namespace"), null, "default", Cancellation));
    }

    [Fact]
    public async Task In_memory_too_everybody_may_do_what_they_are_allowed()
    {
        await using var served = await StartAsync(Way.Memory, new KubernetesApiOptions { Users = [new KubernetesApiUser("alice", "alicetoken", "dev")] });
        using var alice = new KubernetesClient(served.Api.CreateHandler(), served.Api.Address, token: "alicetoken");
        var refused = await Assert.ThrowsAsync<ApiStatusException>(() => alice.ListAsync(ConfigMaps, "default", ListOptions.All, Cancellation));
        Assert.Equal(403, refused.Status.Code);
        Assert.Contains("\"alice\"", refused.Status.Message, StringComparison.Ordinal);
        using var nobody = new KubernetesClient(served.Api.CreateHandler(), served.Api.Address);
        refused = await Assert.ThrowsAsync<ApiStatusException>(() => nobody.ListAsync(ConfigMaps, "default", ListOptions.All, Cancellation));
        Assert.Contains("system:anonymous", refused.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_listen_has_no_kubeconfig_and_says_so()
    {
        await using var silent = await KubernetesApi.StartAsync(new KubernetesApiOptions { Listen = false }, Cancellation);
        Assert.Contains("Listen", Assert.Throws<InvalidOperationException>(() => silent.Kubeconfig).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => KubernetesApi.StartAsync(new KubernetesApiOptions { Listen = false, KubeconfigFile = "x" }, Cancellation));
    }

    [Fact]
    public async Task Kinds_that_are_defined_later_are_found()
    {
        await using var served = await StartAsync(Way.Memory);
        var resources = served.Client.Resources;
        Assert.Equal("deployments.apps", (await resources.ResolveAsync("deploy", Cancellation)).Reference.QualifiedName);
        Assert.Null(await resources.TryResolveAsync("flotilla.test/v1", "Till", Cancellation));
        var definition = JsonNode.Parse("""
            {
              "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": { "name": "tills.flotilla.test" },
              "spec": {
                "group": "flotilla.test", "scope": "Namespaced", "names": { "plural": "tills", "singular": "till", "kind": "Till", "shortNames": ["tl"] },
                "versions": [{ "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": { "type": "object", "x-kubernetes-preserve-unknown-fields": true } } }]
              }
            }
            """)!.AsObject();
        await served.Client.ApplyAsync(definition, new ApplyOptions { FieldManager = "t" }, Cancellation);
        var definitions = await resources.ResolveAsync("crd", Cancellation);
        var established = new WatchOptions { FieldSelector = "metadata.name=tills.flotilla.test" };
        await foreach (var change in served.Client.WatchAsync(definitions.Reference, null, established, Cancellation))
        {
            if (change.Object.Object("status").Array("conditions")?.Any(c => c.String("type") == "Established" && c.String("status") == "True") == true)
                break;
        }
        var till = new JsonObject { ["apiVersion"] = "flotilla.test/v1", ["kind"] = "Till", ["metadata"] = new JsonObject { ["name"] = "one" }, ["drawer"] = "open" };
        Assert.Equal("open", (await served.Client.ApplyAsync(till, new ApplyOptions { FieldManager = "t" }, Cancellation)).String("drawer"));
        Assert.Equal("Till", (await resources.ResolveAsync("tl", Cancellation)).Reference.Kind);
    }
}
