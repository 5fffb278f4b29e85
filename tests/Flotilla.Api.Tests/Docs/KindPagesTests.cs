using System.Text.Json.Nodes;
using Flotilla.Api.Definitions;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.Api.Tests.Docs;

/// <summary>The pages in docs/kinds say what the definitions say. <c>FLOTILLA_GOLDEN=write</c> writes them.</summary>
public sealed class KindPagesTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    public static TheoryData<string> Kinds => [.. CustomResourceDefinitions.Kinds.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_page_of_a_kind_is_current(string name)
    {
        var page = KindPage.Write(CustomResourceDefinitions.Kinds.Single(kind => kind.Name == name), Example(name));
        var file = Path.Combine(Repository.Root, "docs", "kinds", name + ".md");
        if (Environment.GetEnvironmentVariable("FLOTILLA_GOLDEN") == "write")
            File.WriteAllText(file, page);
        Assert.Equal(File.ReadAllText(file), page);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_example_on_the_page_can_be_applied(string name)
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "kinds", name + ".md"));
        var yaml = page.Split("```yaml\n")[1].Split("```")[0];
        var obj = (JsonObject)Assert.Single(YamlReader.ReadAll(yaml)).Content!;
        Assert.Equal(name, obj.String("kind"));
        await fixture.Api.ApplyAsync(obj, TestContext.Current.CancellationToken);
    }

    /// <summary>Examples are parts of the samples, so that there is one of each.</summary>
    private static string Example(string kind)
    {
        var file = kind switch
        {
            "Site" => "sites/store.yaml",
            "Component" => "aircraft/components.yaml",
            "Stack" => "stores/stack.yaml",
            _ => "stores/fleet.yaml",
        };
        var text = File.ReadAllText(Path.Combine(Repository.Root, "samples", file)).Split("---\n")[0];
        return string.Join('\n', text.Split('\n').SkipWhile(line => line.StartsWith('#')));
    }
}
