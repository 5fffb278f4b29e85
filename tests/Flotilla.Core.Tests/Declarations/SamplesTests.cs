using System.Text;
using Flotilla.Core.Declarations;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.Core.Tests.Declarations;

/// <summary>The samples are sound, alone and together, and any API server takes them.</summary>
public sealed class SamplesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "samples");
    private static readonly string[] Places = ["stores", "ships", "aircraft"];

    public static TheoryData<string> Fleets => [.. Places];

    [Theory]
    [MemberData(nameof(Fleets))]
    public void A_sample_is_whole_without_any_site(string name)
    {
        var read = Read(name);
        Assert.Empty(read.Problems);
        string[] whole = ["Component", "Fleet", "Namespace", "Stack"];
        Assert.Equal(whole, read.Objects.Select(obj => obj.String("kind")!).Distinct().Intersect(whole).Order(StringComparer.Ordinal));
        var namespaces = read.Objects.Select(obj => obj.String("kind") == "Namespace" ? obj.Object("metadata").String("name") : obj.Object("metadata").String("namespace"));
        Assert.Single(namespaces.Distinct());
    }

    [Theory]
    [InlineData("stores", "careful", "nights")]
    [InlineData("ships", "port-by-port", "daylight")]
    [InlineData("aircraft", "one-by-one", "night-stop")]
    public void The_fleet_of_a_sample_can_name_its_strategy_and_its_window(string name, string strategy, string window)
    {
        Assert.Empty(Naming(name, strategy, window).Problems);
        // They are really looked for.
        Assert.Contains(Naming(name, "hasty", window).Problems, problem => problem.Message.Contains("hasty", StringComparison.Ordinal));
        Assert.Contains(Naming(name, strategy, "never").Problems, problem => problem.Message.Contains("never", StringComparison.Ordinal));
    }

    [Fact]
    public void With_the_example_sites_every_stack_compiles_for_each_of_them()
    {
        var all = Read([.. Places, "sites"]);
        Assert.Empty(all.Problems);
        // The sites are really looked at: without what they give there are problems.
        var poorer = DeclarationReader.Read(
            [.. Files([.. Places, "sites"]).Select(file => file with { Content = Replace(file, "name: tills, value: \"12\"", "name: doors, value: \"2\"") })], new DeclarationContext());
        Assert.Contains(poorer.Problems, problem => problem.Message.Contains("${site.tills} is not known", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_takes_all_samples()
    {
        await using var api = await ApiWithOurKinds.StartAsync(TestContext.Current.CancellationToken);
        foreach (var obj in Read([.. Places, "sites"]).Objects)
            await api.ApplyAsync(obj, TestContext.Current.CancellationToken);
        Assert.Empty(api.Warnings);
    }

    private static DeclarationSet Naming(string name, string strategy, string window) => DeclarationReader.Read(
        [
            .. Files(name).Select(file => file.Name.EndsWith("fleet.yaml", StringComparison.Ordinal)
                ? file with { Content = Replace(file, "  rollout:\n", $"  windows: [{window}]\n  rollout:\n    strategy: {strategy}\n", "    maxConcurrent:") }
                : file),
        ],
        new DeclarationContext());

    private static DeclarationSet Read(params string[] folders) => DeclarationReader.Read(Files(folders), new DeclarationContext());

    private static IReadOnlyList<DeclarationFile> Files(params string[] folders) =>
        [.. folders.SelectMany(folder => new FolderFiles(Path.Combine(Folder, folder)).Declarations().Select(file => file with { Name = $"{folder}/{file.Name}" }))];

    private static byte[] Replace(DeclarationFile file, string text, string by, string without = "#") => Encoding.UTF8.GetBytes(string.Join('\n', Encoding.UTF8
        .GetString(file.Content.Span).Split('\n').Where(line => !line.StartsWith(without, StringComparison.Ordinal))).Replace(text, by, StringComparison.Ordinal));
}
