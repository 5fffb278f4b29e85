using System.Runtime.InteropServices;

namespace Flotilla.Cli.Hubs;

/// <summary>
/// Tells a command to end, by SIGTERM or by who called it. A signal may come once more while the process ends, or just when that is over: it
/// finds nothing left to stop then, and must not bring the process down on a thread where nobody catches anything.
/// </summary>
internal sealed class Termination : IDisposable
{
    /// <summary>Never disposed: there is no saying when the last signal comes.</summary>
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenRegistration caller;
    private readonly PosixSignalRegistration signals;

    public Termination(CancellationToken cancellation)
    {
        caller = cancellation.UnsafeRegister(static own => ((Termination)own!).stop.Cancel(), this);
        signals = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    public CancellationToken Token => stop.Token;

    /// <summary>What a signal does; it may come at any time.</summary>
    internal void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    public void Dispose()
    {
        signals.Dispose();
        caller.Dispose();
    }
}
