namespace Flotilla.EndToEnd.Commands;

public sealed class GetTests(SharedServer server) : KubectlTests(server)
{
    private const string Three = """
        {"apiVersion": "v1", "kind": "List", "items": [
          {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "labels": {"tier": "front"}}, "data": {"rank": "1"}},
          {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "labels": {"tier": "back"}}, "data": {"rank": "3"}},
          {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b", "labels": {"tier": "back"}}, "data": {"rank": "2", "more": "x"}}]}
        """;

    [Fact]
    public async Task Lists_select_sort_and_shape_what_they_show()
    {
        await Does("create -f -", Three);

        Assert.Equal("configmap/a\nconfigmap/b\nconfigmap/c", await Does("get cm -o name"));
        Assert.Equal("configmap/a\nconfigmap/b", await Does("get configmaps -l tier=back -o name"));
        Assert.Equal("configmap/c", await Does("get cm -l 'tier notin (back)' -o name"));
        Assert.Equal("configmap/b", await Does("get cm --field-selector metadata.name=b -o name"));
        Assert.Equal("c b a", await Does("get cm --sort-by={.data.rank} -o jsonpath={.items[*].metadata.name}"));
        Assert.Equal("configmap/a\nconfigmap/b\nconfigmap/c", await Does("get cm --chunk-size=1 -o name"));
        Assert.Equal(["NAME RANK", "a 3", "b 2", "c 1"], Rows(await Does("get cm -o custom-columns=NAME:.metadata.name,RANK:.data.rank")));
        Assert.Contains("rank: \"2\"", await Does("get cm b -o yaml"), StringComparison.Ordinal);

        var table = Rows(await Does("get cm --show-labels"));
        Assert.Equal("NAME DATA AGE LABELS", table[0]);
        Assert.StartsWith("b 2 ", table[2], StringComparison.Ordinal);
        Assert.EndsWith(" tier=back", table[2], StringComparison.Ordinal);
        Assert.EndsWith(" front", Rows(await Does("get cm c -L tier --no-headers"))[0], StringComparison.Ordinal);
        Assert.StartsWith("default a ", Rows(await Does("get cm -A -l tier --no-headers"))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_said_as_by_a_real_cluster()
    {
        Assert.Equal("Error from server (NotFound): configmaps \"none\" not found\n", await Refuses("get cm none"));
        Assert.Equal("error: the server doesn't have a resource type \"nonsense\"\n", await Refuses("get nonsense"));
        Assert.Equal("", await Does("get cm none --ignore-not-found"));
        Assert.Equal("No resources found in default namespace.\n", (await Tries("get pods")).MustSucceed().Error);
    }

    [Fact]
    public async Task Wide_tables_show_more_columns()
    {
        await Does("create -f -", Documents.Deployment);
        await Does("create -f -", Documents.Service);
        await Does("create -f -", Documents.Pod);

        var deployment = Rows(await Does("get deployment web -o wide"));
        Assert.Equal("NAME READY UP-TO-DATE AVAILABLE AGE CONTAINERS IMAGES SELECTOR", deployment[0]);
        Assert.EndsWith(" first,second nginx:1,nginx:2 app=web", deployment[1], StringComparison.Ordinal);
        Assert.StartsWith("web 0/2 0 0 ", deployment[1], StringComparison.Ordinal);
        var service = Rows(await Does("get svc web -o wide"));
        Assert.Equal("NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE SELECTOR", service[0]);
        Assert.Matches(@"^web ClusterIP 10\.\S+ <none> 80/TCP \S+ app=web$", service[1]);
        var pod = Rows(await Does("get pod one -o wide"));
        Assert.Equal("NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS GATES", pod[0]);
        Assert.Matches(@"^one 0/1 Pending 0 \S+ <none> <none> <none> <none>$", pod[1]);

        var all = await Does("get all -o name");
        Assert.Equal(["deployment.apps/web", "pod/one", "service/web"], all.Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Watches_follow_changes_in_order()
    {
        await Does("create -f -", Three);
        await using var watch = Starts("get cm -l tier=back -w --output-watch-events --no-headers");
        Assert.StartsWith("ADDED a 1 ", Rows(await watch.NextLineAsync(Cancellation))[0], StringComparison.Ordinal);
        Assert.StartsWith("ADDED b 2 ", Rows(await watch.NextLineAsync(Cancellation))[0], StringComparison.Ordinal);

        await Does("label cm c tier=back --overwrite");
        Assert.StartsWith("ADDED c 1 ", Rows(await watch.NextLineAsync(Cancellation))[0], StringComparison.Ordinal);
        await Does("patch cm c --type merge -p {\"data\":{\"two\":\"2\"}}");
        Assert.StartsWith("MODIFIED c 2 ", Rows(await watch.NextLineAsync(Cancellation))[0], StringComparison.Ordinal);
        await Does("label cm a tier-");
        Assert.StartsWith("DELETED a 1 ", Rows(await watch.NextLineAsync(Cancellation))[0], StringComparison.Ordinal);
        await Does("delete cm b");
        Assert.StartsWith("DELETED b 2 ", Rows(await watch.NextLineAsync(Cancellation))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Custom_resources_have_their_columns_short_names_and_categories()
    {
        await CreateBoatAsync();

        Assert.Equal(["NAME LENGTH", "anna 12"], Rows(await Does("get bo")));
        Assert.Equal(["NAME LENGTH MAST", "anna 12 oak"], Rows(await Does("get boat/anna -o wide")));
        Assert.Equal("boat.harbour.example.com/anna", await Does("get all -o name"));
        Assert.Equal("12", await Does("get boats.v1.harbour.example.com anna -o jsonpath={.spec.length}"));
        Assert.Contains("more sails than metres", await Refuses("patch boat anna --type merge -p {\"spec\":{\"sails\":13}}"), StringComparison.Ordinal);
    }

    private async Task CreateBoatAsync()
    {
        await Does("create -f -", Documents.Definition);
        await Does("wait --for=condition=Established crd/boats.harbour.example.com --timeout=30s");
        await Does("create -f -", Documents.Boat);
    }

    /// <summary>Lines with single blanks between the cells.</summary>
    private static string[] Rows(string table) =>
        [.. table.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
}
