using System.CommandLine;
using System.Text.RegularExpressions;
using Flotilla.Cli.Output;

namespace Flotilla.Cli.Tests;

/// <summary>What a command, run in this process, printed and how it ended.</summary>
internal sealed partial record CommandResult(int Code, string Out, string Error)
{
    private static readonly RootCommand Commands = CommandLine.Create();

    public static async Task<CommandResult> OfAsync(IReadOnlyList<string> arguments, string? input = null)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var piped = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input ?? ""));
        var terminal = new Terminal { Output = output, Error = error, Input = piped };
        var code = await CommandLine.RunAsync(Commands, arguments, terminal, TestContext.Current.CancellationToken);
        return new CommandResult(code, output.ToString(), error.ToString());
    }

    public CommandResult MustSucceed() => MustEnd(ExitCodes.Done);

    public CommandResult MustEnd(int code)
    {
        Assert.True(Code == code, $"exit code {Code}, not {code}\n{Out}\n{Error}");
        return this;
    }

    /// <summary>The output with what differs from run to run made equal: digests, and spans of time.</summary>
    public string Steady => Age().Replace(Digest().Replace(Out.Replace("\r", "", StringComparison.Ordinal), m => new string('d', m.Length)), m => "0s" + new string(' ', m.Length - 2));

    [GeneratedRegex(@"\b(?:[0-9a-f]{64}|(?=[0-9a-f]*[0-9])[0-9a-f]{12})\b")]
    private static partial Regex Digest();

    [GeneratedRegex(@"\b[0-9]+s\b")]
    private static partial Regex Age();
}
