using System.IO.Pipelines;
using Flotilla.ApiServer.Hosting;
using Flotilla.TestKit;
using Microsoft.AspNetCore.Connections;

namespace Flotilla.ApiServer.Tests.Hosting;

/// <summary>Who may shake hands when many come at once.</summary>
public sealed class HandshakeTurnsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private readonly ManualTime time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_go_on_in_the_order_in_which_they_spoke_and_no_more_than_allowed()
    {
        var turns = New(atOnce: 2);
        var clients = new List<Client>();
        for (var i = 0; i < 5; i++)
        {
            var client = new Client(turns);
            await client.SpeakAsync();
            clients.Add(client);
            await UntilAsync(() => turns.Waiting + 2 - turns.Free == i + 1);
        }
        Assert.Equal([true, true, false, false, false], clients.Select(c => c.HasBegun));
        for (var next = 2; next < 5; next++)
        {
            clients[next - 2].Shake();
            await clients[next].Begun.WaitAsync(Cancel);
            Assert.Equal(clients.Count - next - 1, clients.Count(c => !c.HasBegun));
        }
    }

    [Fact]
    public async Task Whoever_says_nothing_takes_nobodys_turn_and_is_cut_when_its_time_is_over()
    {
        var turns = New(atOnce: 1);
        var silent = new Client(turns);
        await UntilAsync(() => turns.Waiting == 1);
        var other = new Client(turns);
        await other.SpeakAsync();
        await other.Begun.WaitAsync(Cancel);
        time.Advance(Patience);
        await silent.Ended.WaitAsync(Cancel);
        Assert.False(silent.HasBegun);
        Assert.True(silent.WasAborted);
    }

    [Fact]
    public async Task A_client_that_never_ends_its_handshake_keeps_its_turn_for_a_moment_only()
    {
        var turns = New(atOnce: 1);
        var stuck = new Client(turns);
        await stuck.SpeakAsync();
        await stuck.Begun.WaitAsync(Cancel);
        var other = new Client(turns);
        await other.SpeakAsync();
        await UntilAsync(() => turns.Waiting == 1);
        Assert.False(other.HasBegun);
        time.Advance(Longest);
        await other.Begun.WaitAsync(Cancel);
        // It was not cut, and what it gave up it cannot give up again.
        Assert.False(stuck.WasAborted);
        stuck.Shake();
        stuck.Close();
        await stuck.Ended.WaitAsync(Cancel);
        Assert.Equal(0, turns.Free);
        other.Shake();
        await UntilAsync(() => turns.Free == 1);
    }

    [Fact]
    public async Task Whoever_waits_longer_than_clients_do_is_cut_without_a_handshake()
    {
        var turns = New(atOnce: 1, longestTurn: Patience * 2);
        var first = new Client(turns);
        await first.SpeakAsync();
        await first.Begun.WaitAsync(Cancel);
        var late = new Client(turns);
        await late.SpeakAsync();
        await UntilAsync(() => turns.Waiting == 1);
        time.Advance(Patience);
        await late.Ended.WaitAsync(Cancel);
        Assert.True(late.WasAborted);
        Assert.False(late.HasBegun);
        first.Close();
        await UntilAsync(() => turns.Free == 1);
    }

    [Fact]
    public async Task Whoever_hangs_up_while_it_waits_leaves_the_line()
    {
        var turns = New(atOnce: 1);
        var first = new Client(turns);
        await first.SpeakAsync();
        await first.Begun.WaitAsync(Cancel);
        var gone = new Client(turns);
        await gone.SpeakAsync();
        await UntilAsync(() => turns.Waiting == 1);
        gone.HangUp();
        await gone.Ended.WaitAsync(Cancel);
        Assert.Equal(0, turns.Waiting);
        first.Close();
        await first.Ended.WaitAsync(Cancel);
        Assert.Equal(1, turns.Free);
    }

    [Fact]
    public async Task The_line_is_bounded()
    {
        var turns = New(atOnce: 1, mostWaiting: 3);
        var silent = Enumerable.Range(0, 3).Select(_ => new Client(turns)).ToList();
        await UntilAsync(() => turns.Waiting == 3);
        var tooMany = new Client(turns);
        await tooMany.SpeakAsync();
        await tooMany.Ended.WaitAsync(Cancel);
        Assert.True(tooMany.WasAborted);
        silent[0].HangUp();
        await silent[0].Ended.WaitAsync(Cancel);
        var welcome = new Client(turns);
        await welcome.SpeakAsync();
        await welcome.Begun.WaitAsync(Cancel);
    }

    private HandshakeTurns New(int atOnce, int mostWaiting = 100, TimeSpan? longestTurn = null) =>
        new(atOnce, mostWaiting, Patience, longestTurn ?? Longest, time);

    private static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>A connection, with what stands behind the turns: a handshake that ends when the test says so, and a connection that lasts.</summary>
    private sealed class Client
    {
        private readonly Pipe sent = new();
        private readonly CancellationTokenSource closed = new();
        private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource shaken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Connection connection;

        public Client(HandshakeTurns turns)
        {
            connection = new Connection { Transport = new Both(sent.Reader, new Pipe().Writer), ConnectionClosed = closed.Token };
            Ended = Task.Run(() => turns.BeginAsync(connection, HandshakeAsync), Cancel);
        }

        public Task Begun => begun.Task;

        public bool HasBegun => begun.Task.IsCompleted;

        public bool WasAborted => connection.WasAborted;

        public Task Ended { get; }

        public async Task SpeakAsync() => await sent.Writer.WriteAsync(new byte[] { 22, 3, 1 }, Cancel);

        public void Shake() => shaken.SetResult();

        public void Close() => left.SetResult();

        public void HangUp() => closed.Cancel();

        private async Task HandshakeAsync(ConnectionContext context)
        {
            // What was looked at is still there for TLS.
            var hello = await context.Transport.Input.ReadAsync(Cancel);
            Assert.Equal(3, hello.Buffer.Length);
            context.Transport.Input.AdvanceTo(hello.Buffer.End);
            begun.SetResult();
            if (await Task.WhenAny(shaken.Task, left.Task) == shaken.Task)
                await HandshakeTurns.EndAsync(context, _ => left.Task);
        }
    }

    private sealed class Connection : DefaultConnectionContext
    {
        public bool WasAborted { get; private set; }

        public override void Abort(ConnectionAbortedException abortReason) => WasAborted = true;
    }

    private sealed record Both(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
