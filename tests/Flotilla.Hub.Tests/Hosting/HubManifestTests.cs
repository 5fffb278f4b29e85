using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.ApiServer;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Hub.Tests.Hosting;

public sealed class HubManifestTests
{
    private const string Token = "hub-token";
    private static readonly HubManifestOptions Options = new("flotilla-system", "example.com/flotilla:1", new Uri("https://hub.example.com:8443"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hub_with_the_rights_of_the_manifest_and_no_others_does_all_its_work()
    {
        // The account of the hub's process is known by name; here a user has it.
        var account = new KubernetesApiUser("system:serviceaccount:flotilla-system:flotilla-hub", Token);
        await using var server = await KubernetesApi.StartAsync(new KubernetesApiOptions { Listen = false, Users = [account] }, Cancellation);
        using var admin = new KubernetesClient(server.CreateHandler(), server.Address, TimeProvider.System, server.Token);
        await InstallAsync(admin);
        using var api = new KubernetesClient(server.CreateHandler(), server.Address, TimeProvider.System, Token);

        await using var ground = await HubGround.StartAsync(new HubOptions { Api = api, Online = false }, admin);
        await ground.DeclareFleetAsync();
        var site = await ground.EnrolAsync("s1");
        await site.HearAsync(s => s.Permit is not null);
        await site.SucceedAsync();
        await ground.SeeConditionAsync("Site", "s1", "InSync", Reasons.InSync);
        await ground.SeeConditionAsync("Fleet", "stores", "Ready", Reasons.AllUpToDate);
        await ground.SeeConditionAsync("Stack", "store", "Ready", Reasons.Compiled);
        await ground.SeeConditionAsync("Component", "till", "Ready", Reasons.SourcesReady);
        await ground.SeeAsync("Site", "s1", s => s.Object("metadata").Array("finalizers") is { Count: 1 });
        await ground.RemoveSiteAsync("s1");

        await MustBeRefusedAsync(() => api.ApplyAsync(Parse("{apiVersion: v1, kind: Namespace, metadata: {name: other}}"), Force, Cancellation));
        await MustBeRefusedAsync(() => api.ApplyAsync(Parse("{apiVersion: v1, kind: ConfigMap, metadata: {name: other, namespace: retail}}"), Force, Cancellation));
        await MustBeRefusedAsync(() => api.CreateAsync(
            new ResourceReference("flotilla.dev", "v1alpha1", "sites", true, "Site"), "retail",
            Parse("{apiVersion: flotilla.dev/v1alpha1, kind: Site, metadata: {name: other, namespace: retail}, spec: {}}"), WriteOptions.Default, Cancellation));
    }

    [Theory]
    [InlineData("view", "get", "sites", "", true)]
    [InlineData("view", "create", "sites", "enrolment", false)]
    [InlineData("view", "patch", "fleets", "", false)]
    [InlineData("edit", "create", "sites", "enrolment", true)]
    [InlineData("edit", "create", "components", "", true)]
    [InlineData("edit", "patch", "sites", "status", false)]
    [InlineData("admin", "delete", "sites", "", true)]
    [InlineData("view", "list", "approvals", "", true)]
    [InlineData("view", "patch", "rollouts", "", false)]
    [InlineData("edit", "patch", "rollouts", "", true)]
    [InlineData("edit", "create", "rollouts", "", false)]
    [InlineData("edit", "create", "maintenancewindows", "", true)]
    [InlineData("edit", "create", "approvals", "", false)]
    [InlineData("admin", "create", "approvals", "", true)]
    [InlineData("admin", "update", "approvals", "", false)]
    public async Task People_have_the_rights_that_the_clusters_own_roles_give_them(string role, string verb, string resource, string subresource, bool allowed)
    {
        await using var server = await KubernetesApi.StartAsync(new KubernetesApiOptions { Listen = false }, Cancellation);
        using var admin = new KubernetesClient(server.CreateHandler(), server.Address, TimeProvider.System, server.Token);
        await InstallAsync(admin);
        await admin.ApplyAsync(
            Parse($$"""
                {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: ann},
                 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{role}} },
                 subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ann}]}
                """),
            Force, Cancellation);
        var review = await admin.CreateAsync(
            new ResourceReference("authorization.k8s.io", "v1", "subjectaccessreviews", false, "SubjectAccessReview"), null,
            Parse($$"""
                {apiVersion: authorization.k8s.io/v1, kind: SubjectAccessReview, spec: {user: ann,
                 resourceAttributes: {group: flotilla.dev, namespace: retail, verb: {{verb}}, resource: {{resource}}, subresource: "{{subresource}}" } } }
                """),
            WriteOptions.Default, Cancellation);
        Assert.Equal(allowed, review.Object("status").Member("allowed").AsBoolOrNull());
    }

    [Fact]
    public void Another_namespace_takes_the_process_and_the_account_that_the_rights_are_given_to()
    {
        var objects = Objects(Options with { Namespace = "fleet" });
        Assert.Equal(["fleet", "flotilla-system"], objects.Where(o => o.String("kind") == "Namespace").Select(o => o.Object("metadata").String("name")).Order(StringComparer.Ordinal));
        Assert.Equal("fleet", Assert.Single(objects, o => o.String("kind") == "Deployment").Object("metadata").String("namespace"));
        foreach (var binding in objects.Where(o => o.String("kind")!.EndsWith("Binding", StringComparison.Ordinal)))
            Assert.Equal("fleet", ((JsonObject)binding.Array("subjects")![0]!).String("namespace"));
    }

    private static ApplyOptions Force => new() { FieldManager = "test", Force = true };

    private static async Task InstallAsync(KubernetesClient admin)
    {
        foreach (var obj in Objects(Options))
            await admin.ApplyAsync(obj, Force with { FieldValidation = "Strict" }, Cancellation);
    }

    private static List<JsonObject> Objects(HubManifestOptions options) =>
        [.. YamlReader.ReadAll(System.Text.Encoding.UTF8.GetBytes(HubManifest.Write(options))).Select(d => d.Content).OfType<JsonObject>()];

    private static JsonObject Parse(string yaml) => (JsonObject)YamlReader.ReadAll(System.Text.Encoding.UTF8.GetBytes(yaml)).Single().Content!;

    private static async Task MustBeRefusedAsync(Func<Task> attempt) => Assert.Equal(403, (await Assert.ThrowsAsync<ApiStatusException>(attempt)).Status.Code);
}
