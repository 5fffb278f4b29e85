using Microsoft.Extensions.Logging;
using Npgsql;

namespace Flotilla.Hub.Ledger;

/// <summary>A PostgreSQL database that several hubs share. What one changes the others hear by LISTEN and NOTIFY.</summary>
internal sealed partial class PostgresDatabase(NpgsqlDataSource source, string schema, TimeProvider time, ILogger logger) : ILedgerDatabase
{
    private const int Tries = 8;

    private readonly string self = Guid.NewGuid().ToString("N")[..12];
    private readonly CancellationTokenSource stopping = new();
    private Task listening = Task.CompletedTask;

    public Action<LedgerChange, bool>? Changed { get; set; }

    public Action<bool>? Deaf { get; set; }

    private string Channel => $"flotilla_{schema}";

    /// <summary>Listens from now on; nothing is missed after it ends.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var connection = await ListenAsync(cancellation);
        listening = HearAsync(connection);
    }

    public async Task<T> RunAsync<T>(Func<LedgerSession, CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await RunOnceAsync(work, cancellation);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure && tries < Tries)
            {
                // The database chose this one to make way for another.
            }
            catch (NpgsqlException e)
            {
                throw new LedgerException($"PostgreSQL could not do the ledger's work: {e.Message}", e);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await listening;
        await source.DisposeAsync();
        stopping.Dispose();
    }

    private async Task<T> RunOnceAsync<T>(Func<LedgerSession, CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        using var session = new LedgerSession(connection, locksRows: true);
        var result = await work(session, cancellation);
        if (session.Refused)
        {
            await transaction.RollbackAsync(cancellation);
            return result;
        }
        foreach (var payload in LedgerNotification.Write(self, session.Changes))
            await session.ExecuteAsync("SELECT pg_notify(@channel, @payload)", cancellation, ("channel", Channel), ("payload", payload));
        await transaction.CommitAsync(cancellation);
        foreach (var change in session.Changes)
            Changed?.Invoke(change, false);
        return result;
    }

    private async Task<NpgsqlConnection> ListenAsync(CancellationToken cancellation)
    {
        var connection = await source.OpenConnectionAsync(cancellation);
        try
        {
            connection.Notification += OnNotification;
            await using var listen = new NpgsqlCommand($"LISTEN \"{Channel}\"", connection);
            await listen.ExecuteNonQueryAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task HearAsync(NpgsqlConnection first)
    {
        NpgsqlConnection? connection = first;
        var pause = TimeSpan.FromMilliseconds(100);
        try
        {
            while (true)
            {
                try
                {
                    if (connection is null)
                    {
                        await Task.Delay(pause, time, stopping.Token);
                        connection = await ListenAsync(stopping.Token);
                        Deaf?.Invoke(false);
                        pause = TimeSpan.FromMilliseconds(100);
                    }
                    await connection.WaitAsync(stopping.Token);
                }
                catch (NpgsqlException e)
                {
                    ListeningLost(e.Message);
                    Deaf?.Invoke(true);
                    if (connection is not null)
                        await connection.DisposeAsync();
                    connection = null;
                    pause = pause < TimeSpan.FromSeconds(5) ? pause * 2 : pause;
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            if (connection is not null)
                await connection.DisposeAsync();
        }
    }

    private void OnNotification(object sender, NpgsqlNotificationEventArgs notification)
    {
        foreach (var change in LedgerNotification.Read(notification.Payload, self))
            Changed?.Invoke(change, true);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "no longer hearing what other hubs change, trying again: {Why}")]
    private partial void ListeningLost(string why);
}
