using System.CommandLine;
using System.Text.RegularExpressions;
using Flotilla.TestKit;

namespace Flotilla.Cli.Tests.Docs;

/// <summary>docs/cli.md says what the command line is, no more and no less.</summary>
public sealed partial class CommandPageTests
{
    private static readonly RootCommand Root = CommandLine.Create();
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "cli.md"));

    [Fact]
    public void Every_command_has_a_section_and_every_section_a_command() =>
        Assert.Equal(Commands().Select(c => c.Name).Order(StringComparer.Ordinal), Sections().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_section_lists_the_options_of_its_command()
    {
        foreach (var (name, command) in Commands())
        {
            var told = OptionRow().Matches(Sections()[name]).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal);
            Assert.Equal((name, string.Join(" ", command.Options.Where(o => o.Name != "--help").Select(o => o.Name).Order(StringComparer.Ordinal))), (name, string.Join(" ", told)));
        }
    }

    [Fact]
    public void Every_section_has_an_example_that_can_be_read()
    {
        foreach (var (name, _) in Commands())
        {
            var example = Example().Match(Sections()[name]);
            Assert.True(example.Success, $"flotilla {name} has no example");
            Assert.StartsWith($"./flotilla {name}", example.Groups[1].Value, StringComparison.Ordinal);
            Assert.Empty(Root.Parse(example.Groups[1].Value["./flotilla ".Length..]).Errors);
        }
    }

    [Fact]
    public void Exit_codes_are_those_of_the_code()
    {
        var codes = typeof(ExitCodes).GetFields().Select(f => (int)f.GetRawConstantValue()!).Order();
        Assert.Equal(codes, CodeRow().Matches(Page).Select(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).Order());
    }

    private static IEnumerable<(string Name, Command Command)> Commands() => Root.Subcommands.SelectMany(command =>
        command.Subcommands.Select(below => ($"{command.Name} {below.Name}", below)).Concat(command.Action is null ? [] : [(command.Name, command)]));

    private static Dictionary<string, string> Sections() =>
        Page.Split("\n## flotilla ").Skip(1).ToDictionary(section => section[..section.IndexOf('\n')], section => section, StringComparer.Ordinal);

    [GeneratedRegex(@"^\| `(--[a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex OptionRow();

    [GeneratedRegex(@"^\| ([0-9]+) \|", RegexOptions.Multiline)]
    private static partial Regex CodeRow();

    [GeneratedRegex(@"```sh\n([^\n]+)\n")]
    private static partial Regex Example();
}
