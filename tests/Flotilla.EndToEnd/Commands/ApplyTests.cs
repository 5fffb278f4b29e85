namespace Flotilla.EndToEnd.Commands;

public sealed class ApplyTests(SharedServer server) : KubectlTests(server)
{
    private const string ConfigMap = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: NAME, labels: {part-of: app}}
        data: DATA
        """;

    [Fact]
    public async Task Client_side_apply_merges_three_ways()
    {
        Assert.Equal("deployment.apps/web created", await Does("apply -f -", Documents.Deployment));
        Assert.Equal("deployment.apps/web unchanged", await Does("apply -f -", Documents.Deployment));
        await Does("patch deployment web --type merge -p {\"spec\":{\"minReadySeconds\":7}}");

        var changed = Documents.Deployment.Replace("  replicas: 2\n", "", StringComparison.Ordinal).Replace("nginx:1", "nginx:3", StringComparison.Ordinal);
        Assert.Equal("deployment.apps/web configured", await Does("apply -f -", changed));

        Assert.Equal(
            "1 7 nginx:3 nginx:2",
            await Does("get deployment web -o 'jsonpath={.spec.replicas} {.spec.minReadySeconds} {.spec.template.spec.containers[*].image}'"));
        Assert.Contains("image: nginx:3", await Does("apply view-last-applied deployment/web"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_custom_resource_is_applied_as_well()
    {
        await Does("apply -f -", Documents.Definition);
        await Does("wait --for=condition=Established crd/boats.harbour.example.com --timeout=30s");
        Assert.Equal("boat.harbour.example.com/anna created", await Does("apply -f -", Documents.Boat + "\n"));
        Assert.Equal("boat.harbour.example.com/anna configured", await Does("apply -f -", Documents.Boat.Replace("12", "13", StringComparison.Ordinal)));
        Assert.Equal("customresourcedefinition.apiextensions.k8s.io/boats.harbour.example.com unchanged", await Does("apply -f -", Documents.Definition));
        Assert.Contains("strict decoding error: unknown field \"spec.keel\"", await Refuses("apply -f -", Documents.Boat.Replace("length: 12", "length: 12, keel: 1", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prune_removes_what_left_the_set()
    {
        Write("a.yaml", Map("a", "{x: one}"));
        var second = Write("b.yaml", Map("b", "{x: one}"));
        var command = $"apply -f {Folder.FullName} --prune -l part-of=app --prune-allowlist=core/v1/ConfigMap";
        Assert.Equal("configmap/a created\nconfigmap/b created", await Does(command));
        File.Delete(second);
        Assert.Equal("configmap/a unchanged\nconfigmap/b pruned", await Does(command));
        Assert.Equal("configmap/a", await Does("get cm -l part-of -o name"));
    }

    [Fact]
    public async Task Server_side_apply_reports_conflicts_and_can_force()
    {
        Assert.Equal("configmap/a serverside-applied", await Does("apply --server-side -f -", Map("a", "{x: one, y: one}")));
        var conflict = await Refuses("apply --server-side --field-manager=other -f -", Map("a", "{x: two}"));
        Assert.Contains("Apply failed with 1 conflict: conflict with \"kubectl\": .data.x", conflict, StringComparison.Ordinal);

        await Does("apply --server-side --field-manager=other --force-conflicts -f -", Map("a", "{x: two}"));
        Assert.Equal("two", await Does("get cm a -o jsonpath={.data.x}"));
        var managers = await Does("get cm a --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}");
        Assert.Equal(["kubectl", "other"], managers.Split(' ').Order(StringComparer.Ordinal));
        // What a manager leaves out and nobody else wants goes.
        await Does("apply --server-side -f -", Map("a", "{}"));
        Assert.Equal("{\"x\":\"two\"}", await Does("get cm a -o jsonpath={.data}"));
    }

    [Fact]
    public async Task Server_side_apply_takes_over_from_client_side_apply()
    {
        await Does("apply -f -", Map("a", "{x: one, y: one}"));
        await Does("apply --server-side -f -", Map("a", "{x: two}"));
        Assert.Equal("{\"x\":\"two\"}", await Does("get cm a -o jsonpath={.data}"));
    }

    [Fact]
    public async Task Diff_shows_what_would_change_and_changes_nothing()
    {
        await Does("apply -f -", Map("a", "{x: one}"));
        Assert.Equal(0, (await Tries("diff -f -", Map("a", "{x: one}"))).ExitCode);
        foreach (var mode in new[] { "", " --server-side" })
        {
            var diff = await Tries("diff -f -" + mode + (mode.Length > 0 ? " --force-conflicts" : ""), Map("a", "{x: two}"));
            Assert.Equal(1, diff.ExitCode);
            Assert.Contains("-  x: one\n+  x: two", diff.Output, StringComparison.Ordinal);
        }
        Assert.Equal("one", await Does("get cm a -o jsonpath={.data.x}"));
        Assert.Equal("configmap/a created (server dry run)", (await Does("apply --dry-run=server -f -", Map("b", "{}"))).Replace("/b", "/a", StringComparison.Ordinal));
        Assert.Contains("NotFound", await Refuses("get cm b"), StringComparison.Ordinal);
    }

    private static string Map(string name, string data) =>
        ConfigMap.Replace("NAME", name, StringComparison.Ordinal).Replace("DATA", data, StringComparison.Ordinal);
}
