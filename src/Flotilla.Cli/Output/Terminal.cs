using System.CommandLine;

namespace Flotilla.Cli.Output;

/// <summary>Where a command reads and writes: the process's own streams, unless who invokes it says otherwise.</summary>
internal sealed class Terminal : InvocationConfiguration
{
    // A hub with many sites needs its time to stop cleanly.
    public Terminal() => ProcessTerminationTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Standard input; null is that of the process.</summary>
    public Stream? Input { get; init; }
}

/// <summary>The streams of a command.</summary>
internal static class TerminalStreams
{
    extension(ParseResult arguments)
    {
        /// <summary>Results.</summary>
        public TextWriter Out => arguments.InvocationConfiguration.Output;

        /// <summary>What is said about them, and what went wrong.</summary>
        public TextWriter Error => arguments.InvocationConfiguration.Error;

        /// <summary>Bytes that somebody pipes in.</summary>
        public Stream OpenInput() => (arguments.InvocationConfiguration as Terminal)?.Input ?? Console.OpenStandardInput();

        /// <summary>Whether nobody can be asked.</summary>
        public bool IsUnattended => arguments.InvocationConfiguration is Terminal { Input: not null } || Console.IsInputRedirected;
    }
}
