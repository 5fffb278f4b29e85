using Microsoft.AspNetCore.Connections;

namespace Flotilla.ApiServer.Hosting;

/// <summary>
/// Lets some TLS handshakes go on at a time, the others in the order in which they came. When all clients of a server that was away come
/// back at once and share its processor, every handshake ends after all have given up; one after the other, most are through in time.
/// </summary>
/// <param name="atOnce">How many go on at a time. More than cores: most of a handshake is waiting for the other side.</param>
/// <param name="mostWaiting">How many may wait; whoever comes beyond that is turned away at once.</param>
/// <param name="patience">How long one may wait. Whoever waited longer has given up, or is about to.</param>
/// <param name="longestTurn">After this a turn is another's, so that slow ones, and those who only pretend, keep nobody out. The handshake may still go on.</param>
internal sealed class HandshakeTurns(int atOnce, int mostWaiting, TimeSpan patience, TimeSpan longestTurn, TimeProvider time)
{
    private readonly SemaphoreSlim free = new(atOnce);
    private int waiting;

    /// <summary>Connections that wait for their turn.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    /// <summary>Turns that nobody has.</summary>
    public int Free => free.CurrentCount;

    /// <summary>Stands before TLS.</summary>
    public async Task BeginAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (await TakeAsync(connection) is not { } turn)
        {
            connection.Abort(new ConnectionAbortedException("too many clients come at once: this one waited too long for its handshake"));
            return;
        }
        try
        {
            connection.Features.Set(turn);
            await next(connection);
        }
        finally
        {
            turn.End();
        }
    }

    /// <summary>Stands behind TLS: the handshake is over.</summary>
    public static Task EndAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        connection.Features.Get<Turn>()?.End();
        connection.Features.Set<Turn>(null);
        return next(connection);
    }

    /// <returns>Null when there is none in time, or the client is gone.</returns>
    private async Task<Turn?> TakeAsync(ConnectionContext connection)
    {
        if (Interlocked.Increment(ref waiting) > mostWaiting)
        {
            Interlocked.Decrement(ref waiting);
            return null;
        }
        try
        {
            using var over = new CancellationTokenSource(patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, connection.ConnectionClosed);
            // Whoever says nothing takes nobody's turn.
            var hello = await connection.Transport.Input.ReadAsync(either.Token);
            connection.Transport.Input.AdvanceTo(hello.Buffer.Start);
            if (hello is { IsCompleted: true, Buffer.IsEmpty: true })
                return null;
            await free.WaitAsync(either.Token);
            return new Turn(free, longestTurn, time);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    /// <summary>Leave to shake hands.</summary>
    private sealed class Turn : IDisposable
    {
        private readonly SemaphoreSlim free;
        private readonly ITimer longest;
        private int ended;

        public Turn(SemaphoreSlim free, TimeSpan longest, TimeProvider time)
        {
            this.free = free;
            this.longest = time.CreateTimer(static turn => ((Turn)turn!).End(), this, longest, Timeout.InfiniteTimeSpan);
        }

        public void End()
        {
            if (Interlocked.Exchange(ref ended, 1) == 1)
                return;
            free.Release();
            Dispose();
        }

        public void Dispose() => longest.Dispose();
    }
}
