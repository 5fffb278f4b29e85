using Microsoft.Data.Sqlite;

namespace Flotilla.ApiServer.Storage;

/// <summary>
/// The SQLite file behind a database. Read once, when it is opened; written by one thread, each time in one transaction
/// that is on disk when the call returns.
/// </summary>
internal sealed partial class DatabaseFile : IDisposable
{
    public const string FileName = "flotilla.db";

    private readonly string path;
    private readonly FolderLock folderLock;
    private readonly SqliteConnection connection;
    private readonly Statements statements;

    // What the transaction gave a number to, so that a rollback can take it back.
    private readonly List<object> created = [];
    private long lastClusterId;
    private long lastResourceId;

    private DatabaseFile(string path, FolderLock folderLock, SqliteConnection connection)
    {
        this.path = path;
        this.folderLock = folderLock;
        this.connection = connection;
        statements = new Statements(connection);
    }

    /// <summary>Writes changes in one transaction. When it throws, none of them is there.</summary>
    /// <exception cref="StorageFailedException">Why they could not be written.</exception>
    public void Write(List<(ObjectWrite Write, Change Change)> changes) =>
        InTransaction(changes[^1].Change.Revision, () =>
        {
            foreach (var (write, change) in changes)
            {
                switch (change.Type)
                {
                    case ChangeType.Added:
                        statements.Insert(change.Object, IdOf(write.Resource));
                        break;
                    case ChangeType.Modified:
                        statements.Update(change.Object, IdOf(write.Resource));
                        break;
                    default:
                        statements.Delete(change.Object.CreatedRevision);
                        break;
                }
            }
        });

    /// <summary>Removes all that belongs to a virtual cluster.</summary>
    /// <exception cref="StorageFailedException">Why it could not be removed.</exception>
    public void Remove(ClusterStore cluster, long revision) =>
        InTransaction(revision, () =>
        {
            foreach (var resource in cluster.Resources)
            {
                foreach (var obj in resource.List(null, null, 0, null, null).Items)
                    statements.Delete(obj.CreatedRevision);
                statements.DeleteResource(resource.RowId);
            }
            statements.DeleteCluster(cluster.RowId);
        });

    /// <summary>Closes the file and folds its log into it.</summary>
    public void Dispose()
    {
        statements.Dispose();
        SQLitePCL.raw.sqlite3_db_config(connection.Handle, SQLitePCL.raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, out _);
        connection.Dispose();
        folderLock.Dispose();
    }

    /// <summary>Closes the file without changing it.</summary>
    public void Abandon()
    {
        statements.Dispose();
        connection.Dispose();
        RemoveEmptyLog(path);
        folderLock.Dispose();
    }

    private void InTransaction(long revision, Action work)
    {
        var folded = false;
        while (true)
        {
            try
            {
                statements.Begin();
                work();
                statements.SetRevision(revision);
                statements.Commit();
                created.Clear();
                return;
            }
            catch (Exception e)
            {
                Rollback();
                if (e is not SqliteException problem)
                    throw;
                if (folded || problem.SqliteErrorCode != SQLitePCL.raw.SQLITE_FULL || !FoldLog())
                    throw Failure(problem);
                folded = true;
            }
        }
    }

    /// <summary>Gives back the space of the log, which may be all that a write needs.</summary>
    private bool FoldLog()
    {
        try
        {
            statements.Checkpoint();
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private void Rollback()
    {
        foreach (var one in created)
        {
            if (one is ClusterStore cluster)
                cluster.RowId = 0;
            else
                ((ResourceStore)one).RowId = 0;
        }
        created.Clear();
        // SQLite ends the transaction by itself after some errors.
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            statements.Rollback();
    }

    private long IdOf(ResourceStore resource)
    {
        if (resource.RowId != 0)
            return resource.RowId;
        var cluster = resource.Cluster;
        if (cluster.RowId == 0)
        {
            statements.InsertCluster(lastClusterId + 1, cluster.Name);
            cluster.RowId = ++lastClusterId;
            created.Add(cluster);
        }
        statements.InsertResource(lastResourceId + 1, cluster.RowId, resource.Name);
        resource.RowId = ++lastResourceId;
        created.Add(resource);
        return resource.RowId;
    }

    private StorageFailedException Failure(SqliteException e) => e.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL
        ? new StorageFailedException(StorageFailure.NoSpace, $"no space is left for {path}: nothing was changed; free space and try again", e)
        : new StorageFailedException(StorageFailure.Io, $"{path} cannot be written: {e.Message}", e);
}
