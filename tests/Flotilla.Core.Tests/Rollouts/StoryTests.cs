using Flotilla.TestKit;

namespace Flotilla.Core.Tests.Rollouts;

/// <summary>One file of prose for each scenario. <c>FLOTILLA_GOLDEN=write</c> writes what comes of them, to be read before it is committed.</summary>
public sealed class StoryTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Flotilla.Core.Tests", "Rollouts", "Stories");

    public static TheoryData<string> Names => [.. Scenarios.All.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rollout_is_told(string name)
    {
        var story = Scenarios.All[name]().Tell();
        var file = Path.Combine(Folder, $"{name}.txt");
        if (Environment.GetEnvironmentVariable("FLOTILLA_GOLDEN") == "write")
            File.WriteAllText(file, story);
        Assert.Equal(File.ReadAllText(file), story);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_hub_that_restarts_at_every_step_tells_the_same(string name) =>
        Assert.Equal(Scenarios.All[name]().Tell(), Scenarios.All[name]().Tell(restarts: true));

    [Fact]
    public void Every_file_has_its_scenario() =>
        Assert.Equal(Scenarios.All.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(Folder).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
}
