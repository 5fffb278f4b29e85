using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Ledger;

/// <summary>The ledger of a hub on one machine.</summary>
public static class SqliteLedger
{
    /// <summary>Marks the file as ours ("Flol").</summary>
    private const int ApplicationId = 0x466C6F6C;

    /// <summary>Opens a file, and makes it when there is none. One process at a time.</summary>
    /// <exception cref="LedgerException">The file is in use, damaged, not a ledger, or of a newer version.</exception>
    public static async Task<ILedger> OpenAsync(
        string path, TimeProvider time, ILogger logger, CancellationToken cancellation, JournalRetention? retention = null)
    {
        var database = await Task.Run(() => Open(path), cancellation);
        return Start(database, retention, time, logger);
    }

    /// <summary>One that ends with the process: for simulations.</summary>
    public static ILedger InMemory(TimeProvider time, ILogger logger, JournalRetention? retention = null)
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        Advance(connection, 0);
        return Start(new SqliteDatabase(connection, inMemory: true), retention, time, logger);
    }

    private static ILedger Start(SqliteDatabase database, JournalRetention? retention, TimeProvider time, ILogger logger)
    {
        database.Start();
        return StoredLedger.Start(database, retention ?? JournalRetention.Default, time, logger);
    }

    private static SqliteDatabase Open(string path)
    {
        SqliteConnection? connection = null;
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
                Directory.CreateDirectory(folder);
            if (!File.Exists(path) && !OperatingSystem.IsWindows())
                new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }).Dispose();
            connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 2 }.ConnectionString);
            connection.Open();
            // Alone with the file, SQLite needs no shared memory beside it.
            Execute(connection, "PRAGMA locking_mode = EXCLUSIVE");
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = FULL");
            // Only macOS makes a difference: there, a plain sync leaves data in the cache of the drive.
            Execute(connection, "PRAGMA fullfsync = ON");
            Execute(connection, "PRAGMA cell_size_check = ON");
            Execute(connection, "PRAGMA cache_size = -16384");
            Prepare(connection, path);
            return new SqliteDatabase(connection, inMemory: false);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            throw Explain(path, e);
        }
    }

    private static void Prepare(SqliteConnection connection, string path)
    {
        var (application, version) = (Number(connection, "PRAGMA application_id"), Number(connection, "PRAGMA user_version"));
        if (application == 0 && version == 0 && Number(connection, "SELECT COUNT(*) FROM sqlite_schema") == 0)
        {
            Advance(connection, 0);
            return;
        }
        if (application != ApplicationId)
            throw new LedgerException($"{path} is a database of another program. Choose another file for the ledger.");
        if (version > LedgerSchema.Version)
            throw new LedgerException($"{path} was written by a newer version of this program (schema {version}, this one knows {LedgerSchema.Version}). Use that version.");
        if (version < LedgerSchema.Version)
            Advance(connection, version);
    }

    private static void Advance(SqliteConnection connection, long version) => Execute(connection, string.Create(CultureInfo.InvariantCulture, $"""
        BEGIN IMMEDIATE;
        {LedgerSchema.From(version, sqlite: true)}
        PRAGMA application_id = {ApplicationId};
        PRAGMA user_version = {LedgerSchema.Version};
        COMMIT;
        """));

    private static LedgerException Explain(string path, Exception e) => e switch
    {
        LedgerException known => known,
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED } =>
            new($"{path} is in use by another process. Stop it, or choose another folder.", e),
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB } =>
            new($"{path} is damaged: {e.Message}. Nothing was changed. Put a backup in its place.", e),
        _ => new($"{path} cannot be opened: {e.Message}", e),
    };

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
