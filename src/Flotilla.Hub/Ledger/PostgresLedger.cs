using Microsoft.Extensions.Logging;
using Npgsql;

namespace Flotilla.Hub.Ledger;

/// <summary>The ledger of hubs that are several.</summary>
public static class PostgresLedger
{
    private const string DefaultSchema = "flotilla";

    /// <summary>Any number that nothing else in the database locks.</summary>
    private const long SchemaLock = 0x466C_6F74_696C_6C61;

    /// <summary>Opens a database, and makes its tables when it has none: in the first schema of the search path, else in <c>flotilla</c>.</summary>
    /// <param name="connectionString">As Npgsql takes it, <c>Host=db;Database=flotilla;Username=hub;Password=…</c>.</param>
    /// <exception cref="LedgerException">It cannot be reached, or is of a newer version.</exception>
    public static async Task<ILedger> OpenAsync(
        string connectionString, TimeProvider time, ILogger logger, CancellationToken cancellation, JournalRetention? retention = null)
    {
        NpgsqlDataSource? source = null;
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            var schema = settings.SearchPath?.Split(',')[0].Trim().Trim('"') is { Length: > 0 } first ? first : DefaultSchema;
            settings.SearchPath = $"\"{schema}\"";
            settings.MaxAutoPrepare = 64;
            settings.ApplicationName ??= "flotilla-hub";
            if (settings.MaxPoolSize == 100)
                settings.MaxPoolSize = 20;
            source = NpgsqlDataSource.Create(settings);
            await PrepareAsync(source, schema, cancellation);
            var database = new PostgresDatabase(source, schema, time, logger);
            var ledger = StoredLedger.Start(database, retention ?? JournalRetention.Default, time, logger);
            await database.StartAsync(cancellation);
            return ledger;
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException)
        {
            if (source is not null)
                await source.DisposeAsync();
            throw new LedgerException($"the ledger in PostgreSQL cannot be opened: {e.Message}", e);
        }
    }

    private static async Task PrepareAsync(NpgsqlDataSource source, string schema, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Several hubs may start at once.
        await ExecuteAsync($"SELECT pg_advisory_xact_lock({SchemaLock})");
        await ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS \"{schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        await ExecuteAsync("CREATE TABLE IF NOT EXISTS ledger_version (version INTEGER NOT NULL)");
        await using var read = new NpgsqlCommand("SELECT MAX(version) FROM ledger_version", connection);
        var version = await read.ExecuteScalarAsync(cancellation) as int? ?? 0;
        if (version > LedgerSchema.Version)
            throw new LedgerException($"the ledger in PostgreSQL was written by a newer version of this program (schema {version}, this one knows {LedgerSchema.Version}). Use that version.");
        if (version < LedgerSchema.Version)
        {
            await ExecuteAsync(LedgerSchema.From(version, sqlite: false));
            await ExecuteAsync($"INSERT INTO ledger_version VALUES ({LedgerSchema.Version})");
        }
        await transaction.CommitAsync(cancellation);

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }
}
