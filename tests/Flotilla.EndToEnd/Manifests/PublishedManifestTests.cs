using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Manifests;

/// <summary>What users really install, applied as they do.</summary>
public sealed class PublishedManifestTests(SharedServer server) : KubectlTests(server)
{
    /// <summary>The project sets the namespace of these subjects by kustomize; a server refuses them as they are.</summary>
    private const string WithoutSubjectNamespaces = "system-upgrade-controller";

    private static string? Manifests => Repository.Shared is { } shared ? Path.Combine(shared, "manifests") : null;

    public static TheoryData<string> Files => Manifests is { } folder
        ? [.. Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f))
            .Where(f => !f.StartsWith("metrics-server", StringComparison.Ordinal) && !f.StartsWith(WithoutSubjectNamespaces, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)]
        : ["none"];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_published_manifest_is_created_whole(string file)
    {
        var path = Find(file);
        var created = (await Does($"create -f {path}")).Split('\n');
        Assert.All(created, line => Assert.EndsWith(" created", line, StringComparison.Ordinal));
        Assert.Equal(Documents(path), created.Length);
        var definitions = created.Where(l => l.StartsWith("customresourcedefinition.", StringComparison.Ordinal)).Select(l => "crd/" + l.Split('/')[1].Split(' ')[0]).ToArray();
        if (definitions.Length > 0)
            await Does($"wait --for=condition=Established --timeout=120s {string.Join(' ', definitions)}");
    }

    [Fact]
    public async Task Server_side_apply_of_a_large_manifest_changes_nothing_the_second_time()
    {
        var path = Find("metallb/0.16.1.yaml");
        var first = (await Does($"apply --server-side -f {path}")).Split('\n');
        var before = await Does("get crd,deployment,daemonset,clusterrole -A -o jsonpath={.items[*].metadata.resourceVersion}");
        Assert.Equal(first, (await Does($"apply --server-side -f {path}")).Split('\n'));
        Assert.Equal(before, await Does("get crd,deployment,daemonset,clusterrole -A -o jsonpath={.items[*].metadata.resourceVersion}"));
        Assert.Equal(0, (await Tries($"diff --server-side -f {path}")).ExitCode);
    }

    [Fact]
    public async Task A_subject_without_a_namespace_is_a_clear_error()
    {
        var result = await Tries($"create -f {Find("system-upgrade-controller/0.20.1.yaml")}");
        var refused = result.MustFail().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(refused, line => Assert.Matches(@"ClusterRoleBinding.* ""system-upgrade\S*"" is invalid: subjects\[0\].namespace: Required value", line));
        Assert.Contains("customresourcedefinition.apiextensions.k8s.io/plans.upgrade.cattle.io created", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_webhook_without_its_pods_blocks_later_namespaces()
    {
        await Does($"create -f {Find("gatekeeper/3.23.0.yaml")}");
        var error = await Refuses("create -f -", """{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "later"}}""");
        Assert.Contains("failed calling webhook \"check-ignore-label.gatekeeper.sh\"", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.8.1")]
    [InlineData("0.9.0")]
    public async Task A_kustomization_is_applied(string version)
    {
        Find($"metrics-server/{version}");
        var folder = Directory.EnumerateFiles(Path.Combine(Manifests!, "metrics-server", version), "kustomization.yaml", SearchOption.AllDirectories)
            .Select(Path.GetDirectoryName).Order(StringComparer.Ordinal).First(f => f!.EndsWith("base", StringComparison.Ordinal));
        var applied = await Does($"apply -k {folder}");
        Assert.Contains("deployment.apps/metrics-server created", applied.Split('\n'));
        Assert.Contains("apiservice.apiregistration.k8s.io/v1beta1.metrics.k8s.io created", applied.Split('\n'));
    }

    private static string Find(string file)
    {
        Assert.SkipWhen(Manifests is null, "there is no folder of manifests beside the checkout");
        return Path.Combine(Manifests, file);
    }

    /// <summary>How many objects a file has.</summary>
    private static int Documents(string path) => File.ReadLines(path).Count(l => l.StartsWith("kind:", StringComparison.Ordinal));
}
