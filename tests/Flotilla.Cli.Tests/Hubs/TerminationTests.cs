using System.Runtime.InteropServices;
using Flotilla.Cli.Hubs;

namespace Flotilla.Cli.Tests.Hubs;

public sealed class TerminationTests
{
    [Fact]
    public void A_signal_ends_and_is_not_left_to_the_system()
    {
        using var termination = new Termination(CancellationToken.None);
        Assert.False(termination.Token.IsCancellationRequested);
        var signal = new PosixSignalContext(PosixSignal.SIGTERM);
        termination.OnSignal(signal);
        Assert.True(termination.Token.IsCancellationRequested);
        Assert.True(signal.Cancel);
    }

    [Fact]
    public void Who_called_ends_it_too()
    {
        using var caller = new CancellationTokenSource();
        using var termination = new Termination(caller.Token);
        caller.Cancel();
        Assert.True(termination.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_signal_that_comes_when_all_is_over_breaks_nothing()
    {
        var termination = new Termination(CancellationToken.None);
        var token = termination.Token;
        termination.Dispose();
        var signal = new PosixSignalContext(PosixSignal.SIGTERM);
        // Here, and for whoever still looks at the token.
        termination.OnSignal(signal);
        Assert.True(token.IsCancellationRequested);
        Assert.True(signal.Cancel);
    }
}
