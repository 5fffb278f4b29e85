namespace Flotilla.Cli;

/// <summary>A command cannot go on: what a user is told, and with which exit code.</summary>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="code">One of <see cref="ExitCodes"/>.</param>
internal sealed class CommandException(string message, int code = ExitCodes.Failed, Exception? inner = null) : Exception(message, inner)
{
    public int Code { get; } = code;
}
