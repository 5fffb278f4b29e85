namespace Flotilla.Cli;

/// <summary>What a command's exit code says; docs/cli.md lists them for users.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>It failed; the message says why and what to do.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The declaration has problems; nothing was written.</summary>
    public const int Refused = 3;

    /// <summary>What was waited for did not come in time.</summary>
    public const int TimedOut = 4;

    /// <summary><c>diff</c> and <c>plan --exit-code</c>: there are differences.</summary>
    public const int Different = 5;

    /// <summary>Interrupted, as shells count it (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
