namespace Flotilla.TestKit;

/// <summary>How a program ended.</summary>
/// <param name="Command">The command line, for messages.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to its standard output.</param>
/// <param name="Error">What it wrote to its standard error.</param>
public sealed record ToolResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>Both streams and how it ended, for the message of a failed test.</summary>
    public override string ToString() => $"$ {Command}\n{Output}{Error}(exit code {ExitCode})";

    /// <summary>This result; throws when the program failed.</summary>
    /// <exception cref="ToolFailedException">The exit code is not 0.</exception>
    public ToolResult MustSucceed() => ExitCode == 0 ? this : throw new ToolFailedException(this);

    /// <summary>What it wrote to its standard error; throws when the program did not fail.</summary>
    /// <exception cref="ToolFailedException">The exit code is 0.</exception>
    public string MustFail() => ExitCode != 0 ? Error : throw new ToolFailedException(this);
}

/// <summary>A program ended in another way than the test needs.</summary>
public sealed class ToolFailedException(ToolResult result) : Exception(result.ToString())
{
    /// <summary>How it ended.</summary>
    public ToolResult Result { get; } = result;
}
