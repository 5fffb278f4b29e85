using Flotilla.Cli.Connections;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Tests.Commands;

public sealed class ApplyTests
{
    [Fact]
    public async Task Says_what_became_of_each_object_in_an_order_that_needs_no_second_try()
    {
        await using var hub = await RunningHub.StartAsync();
        var file = hub.Write("stores.yaml", Stores.Yaml("1.0.0"));
        var first = (await hub.RunAsync("apply", "-f", file)).MustSucceed();
        Assert.Equal(
            """
            namespace/retail created
            component/till in retail created
            site/store-1 in retail created
            site/store-2 in retail created
            site/store-3 in retail created
            stack/store in retail created
            fleet/stores in retail created

            """, first.Out);
        var again = (await hub.RunAsync("apply", "-f", file)).MustSucceed();
        Assert.All(again.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.EndsWith(" unchanged", line, StringComparison.Ordinal));
        var newer = (await hub.RunAsync("apply", "-f", hub.Write("stores.yaml", Stores.Yaml("1.1.0")))).MustSucceed();
        Assert.Contains("stack/store in retail configured\n", newer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Uploads_the_files_that_a_source_names()
    {
        await using var hub = await RunningHub.StartAsync();
        hub.Write("stores/manifests/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
        hub.Write("stores/manifests/b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n");
        hub.Write("stores/namespace.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shops}\n");
        var file = hub.Write("stores/component.yaml", """
            apiVersion: flotilla.dev/v1alpha1
            kind: Component
            metadata: {name: maps, namespace: shops}
            spec:
              role: application
              versions:
              - version: 1.0.0
                source:
                  files: [manifests/*.yaml]
            """);
        (await hub.RunAsync("apply", "-f", Path.GetDirectoryName(file)! + "/namespace.yaml", "-f", file)).MustSucceed();
        var component = await hub.Hub.Api.GetAsync(Kinds.Component, "shops", "maps", TestContext.Current.CancellationToken);
        var content = component.Object("spec").Array("versions")![0].Object("source").Array("content")!;
        Assert.Equal(2, content.Count);
        foreach (var digest in content)
            Assert.True(await hub.Hub.Content.ContainsAsync(Flotilla.Content.Digest.Parse(digest.AsStringOrNull()!), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Refuses_with_every_problem_at_once_and_writes_nothing()
    {
        await using var hub = await RunningHub.StartAsync();
        var file = hub.Write("stores.yaml", Stores.Yaml("1.2.0").Replace("role: application\n    use", "rol: application\n    use", StringComparison.Ordinal)
            .Replace("kind: store}", "kind: [store]}", StringComparison.Ordinal));
        var refused = (await hub.RunAsync("apply", "-f", file)).MustEnd(ExitCodes.Refused);
        Assert.Equal("", refused.Out);
        Assert.Contains($"{file}:", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Stack retail/store: spec.slots[0]", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Site retail/store-3: metadata.labels", refused.Error, StringComparison.Ordinal);
        Assert.EndsWith("nothing was written\n", refused.Error, StringComparison.Ordinal);
        Assert.Null(await hub.Hub.Api.GetAsync(Kinds.Component, "retail", "till", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_dry_run_writes_nothing()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        var dry = (await hub.RunAsync("apply", "--dry-run", "-f", hub.Write("stores.yaml", Stores.Yaml("1.1.0")))).MustSucceed();
        Assert.Contains("stack/store in retail configured (dry run)\n", dry.Out, StringComparison.Ordinal);
        var stack = await hub.Hub.Api.GetAsync(Kinds.Stack, "retail", "store", TestContext.Current.CancellationToken);
        Assert.Contains("1.0.0", stack!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_of_somebody_else_are_taken_over_only_when_told()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        var theirs = new System.Text.Json.Nodes.JsonObject { ["spec"] = new System.Text.Json.Nodes.JsonObject { ["stack"] = "other" } };
        await hub.Hub.Api.PatchAsync(
            Kinds.Fleet, "retail", "stores", Kubernetes.Client.PatchKind.Merge, theirs, new Kubernetes.Client.PatchOptions { FieldManager = "someone" }, TestContext.Current.CancellationToken);
        var file = hub.Write("stores.yaml", Stores.Yaml("1.0.0"));
        var refused = (await hub.RunAsync("apply", "-f", file)).MustEnd(ExitCodes.Refused);
        Assert.Contains("fleet/stores in retail: ", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--force-conflicts", refused.Error, StringComparison.Ordinal);
        (await hub.RunAsync("apply", "--force-conflicts", "-f", file)).MustSucceed();
    }

    [Fact]
    public async Task Reads_standard_input()
    {
        await using var hub = await RunningHub.StartAsync();
        var result = await CommandResult.OfAsync(["apply", "-f", "-", "--kubeconfig", hub.Kubeconfig], Stores.Site("store-9", 1).Replace("retail", "default", StringComparison.Ordinal));
        Assert.Equal("site/store-9 in default created\n", result.MustSucceed().Out);
        var wrong = await CommandResult.OfAsync(["apply", "-f", "-", "--kubeconfig", hub.Kubeconfig], "kind: Site\n");
        Assert.StartsWith("stdin:1: ", wrong.MustEnd(ExitCodes.Refused).Error, StringComparison.Ordinal);
    }
}
