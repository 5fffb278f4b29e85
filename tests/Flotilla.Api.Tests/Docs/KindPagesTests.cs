using System.Text.Json.Nodes;
using Flotilla.Api.Definitions;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.Api.Tests.Docs;

/// <summary>The pages in docs/kinds say what the definitions say. <c>FLOTILLA_GOLDEN=write</c> writes them.</summary>
public sealed class KindPagesTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    /// <summary>What is about a rollout that runs is in no sample.</summary>
    private static readonly Dictionary<string, string> Made = new(StringComparer.Ordinal)
    {
        ["Rollout"] = """
            # Made by the hub. People patch what is below revision, or let flotilla rollout do it.
            apiVersion: flotilla.dev/v1alpha1
            kind: Rollout
            metadata:
              name: stores-7
              namespace: retail
            spec:
              fleet: stores
              revision: sha256:9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab
              paused: true
              skip: [store-12]
              retry:
              - site: store-31
                times: 1
            """,
        ["Approval"] = """
            apiVersion: flotilla.dev/v1alpha1
            kind: Approval
            metadata:
              name: stores-7-canary
              namespace: retail
            spec:
              rollout: stores-7
              gate: canary/after/0
              by: ann
              note: The tills of store-1 sold for a day.
            """,
    };

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
        if (Made.TryGetValue(kind, out var made))
            return made;
        var file = kind switch
        {
            "Site" => "sites/store.yaml",
            "Component" => "aircraft/components.yaml",
            "Stack" => "stores/stack.yaml",
            "RolloutStrategy" => "stores/rollout.yaml",
            "MaintenanceWindow" => "stores/window.yaml",
            _ => "stores/fleet.yaml",
        };
        var text = File.ReadAllText(Path.Combine(Repository.Root, "samples", file)).Split("---\n")[0];
        return string.Join('\n', text.Split('\n').SkipWhile(line => line.StartsWith('#')));
    }
}
