using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Flotilla.ApiServer.Storage;

internal sealed partial class DatabaseFile
{
    private const int PageSize = 4096;

    private const string Schema = """
        CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL) STRICT;
        CREATE TABLE cluster (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
        CREATE TABLE resource (id INTEGER PRIMARY KEY, cluster INTEGER NOT NULL, name TEXT NOT NULL) STRICT;
        -- created is the revision of the create. Objects are found by it alone; their keys live in memory.
        CREATE TABLE object (created INTEGER PRIMARY KEY, resource INTEGER NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
            revision INTEGER NOT NULL, checksum INTEGER NOT NULL, json BLOB NOT NULL) STRICT;
        INSERT INTO state VALUES (1, 1);
        """;

    /// <summary>Opens the file of a folder, and makes it when the folder has none.</summary>
    /// <exception cref="StorageOpenException">The folder is in use, or the file cannot be used.</exception>
    public static DatabaseFile Open(string folder, StorageOptions options)
    {
        try
        {
            MakeFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageOpenException($"{folder} cannot be made: {e.Message} Choose another folder.", e);
        }
        var folderLock = FolderLock.Take(folder);
        try
        {
            var path = Path.Combine(Path.GetFullPath(folder), FileName);
            if (!File.Exists(path))
                Make(path);
            FileIdentity.Check(path);
            CheckLog(path + "-wal");
            return new DatabaseFile(path, folderLock, Connect(path, options));
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>What is stored includes Secrets, so nobody but the owner gets in.</summary>
    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void MakePrivateFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(path, options).Dispose();
    }

    /// <summary>Makes the file under another name first: one that bears the right name is always whole.</summary>
    private static void Make(string path)
    {
        if (File.Exists(path + "-wal"))
        {
            throw new StorageOpenException(
                $"{path} is missing, but {path}-wal, which belongs to it, is there. Put the database back, or move the log away to start with an empty one.");
        }
        var unfinished = path + ".new";
        try
        {
            foreach (var ending in (ReadOnlySpan<string>)["", "-journal", "-wal", "-shm"])
                File.Delete(unfinished + ending);
            MakePrivateFile(unfinished);
            using (var connection = new SqliteConnection(ConnectionString(unfinished)))
            {
                connection.Open();
                Execute(connection, string.Create(CultureInfo.InvariantCulture, $"""
                    PRAGMA page_size = {PageSize};
                    PRAGMA synchronous = FULL;
                    BEGIN;
                    {Schema}
                    PRAGMA application_id = {FileIdentity.ApplicationId};
                    PRAGMA user_version = {FileIdentity.SchemaVersion};
                    COMMIT;
                    PRAGMA journal_mode = WAL;
                    """));
            }
            File.Move(unfinished, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new StorageOpenException($"{path} cannot be made: {e.Message}", e);
        }
    }

    private static void CheckLog(string path)
    {
        if (!File.Exists(path) || !LogInspection.IsDamaged(File.ReadAllBytes(path), PageSize))
            return;
        // Without its log a database can be older than what was acknowledged, or half folded: they belong together.
        throw new StorageOpenException(
            $"{path} is damaged: committed changes lie behind a place with a wrong checksum. Nothing was changed. " +
            "Put a backup in place of it and the database together, or move both away to start with an empty database.");
    }

    private static SqliteConnection Connect(string path, StorageOptions options)
    {
        var connection = new SqliteConnection(ConnectionString(path));
        try
        {
            connection.Open();
            // Set back only when the database was closed in good order: a damaged file must not be changed by the close.
            SQLitePCL.raw.sqlite3_db_config(connection.Handle, SQLitePCL.raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
            if (SQLitePCL.raw.sqlite3_db_readonly(connection.Handle, "main") != 0)
                throw new StorageOpenException($"{path} is write-protected. Give this user the right to write it, or choose another folder.");
            // Alone with the file, SQLite needs no shared memory beside it.
            Execute(connection, "PRAGMA locking_mode = EXCLUSIVE");
            Execute(connection, "PRAGMA synchronous = FULL");
            // Only macOS makes a difference: there, a plain sync leaves data in the cache of the drive.
            Execute(connection, "PRAGMA fullfsync = ON");
            Execute(connection, "PRAGMA cell_size_check = ON");
            Execute(connection, "PRAGMA cache_size = -4096");
            Execute(connection, "PRAGMA wal_autocheckpoint = 2000");
            if (options.MaxFileBytes > 0)
                Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {Math.Max(1, options.MaxFileBytes / PageSize)}"));
            return connection;
        }
        catch (Exception e)
        {
            connection.Dispose();
            RemoveEmptyLog(path);
            if (e is SqliteException problem)
                throw Unusable(path, problem);
            throw;
        }
    }

    private static void RemoveEmptyLog(string path)
    {
        if (new FileInfo(path + "-wal") is { Exists: true, Length: 0 } log)
            log.Delete();
    }

    /// <summary>Reads everything into a database that is being opened.</summary>
    /// <exception cref="StorageOpenException">The file is damaged.</exception>
    public void Load(ObjectDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            CheckStructure();
            database.StartAt(ReadRevision());
            new Loader(connection, path, database, cancellationToken).Run(out lastClusterId, out lastResourceId);
        }
        catch (SqliteException e)
        {
            throw Unusable(path, e);
        }
    }

    private void CheckStructure()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() is not "ok" and var problem)
            throw Damaged(path, problem?.ToString() ?? "unreadable");
    }

    private long ReadRevision()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT revision FROM state";
        return command.ExecuteScalar() is long revision and > 0 ? revision : throw Damaged(path, "the revision is missing");
    }

    private static StorageOpenException Unusable(string path, SqliteException e) => e.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_PERM =>
            new($"{path} cannot be opened: {e.Message}", e),
        SQLitePCL.raw.SQLITE_BUSY => new($"{path} is in use by another program. Close it first.", e),
        _ => Damaged(path, e.Message, e),
    };

    internal static StorageOpenException Damaged(string path, string what, Exception? inner = null) =>
        new($"{path} is damaged: {what}. {FileIdentity.Remedy}", inner);

    private static string ConnectionString(string path) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 5 }.ConnectionString;

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
