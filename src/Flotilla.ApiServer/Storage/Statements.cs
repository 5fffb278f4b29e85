using Microsoft.Data.Sqlite;

namespace Flotilla.ApiServer.Storage;

/// <summary>The prepared statements of the writer.</summary>
internal sealed class Statements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> prepared = [];

    public void Begin() => Run("BEGIN IMMEDIATE");

    public void Commit() => Run("COMMIT");

    public void Rollback() => Run("ROLLBACK");

    /// <summary>Moves the log into the database and cuts it.</summary>
    public void Checkpoint() => Run("PRAGMA wal_checkpoint(TRUNCATE)");

    public void SetRevision(long revision) => Run("UPDATE state SET revision = $1", revision);

    public void InsertCluster(long id, string name) => Run("INSERT INTO cluster VALUES ($1, $2)", id, name);

    public void DeleteCluster(long id) => Run("DELETE FROM cluster WHERE id = $1", id);

    public void InsertResource(long id, long cluster, string name) => Run("INSERT INTO resource VALUES ($1, $2, $3)", id, cluster, name);

    public void DeleteResource(long id) => Run("DELETE FROM resource WHERE id = $1", id);

    public void Insert(StoredObject obj, long resource) =>
        Run("INSERT INTO object VALUES ($1, $2, $3, $4, $5, $6, $7)",
            obj.CreatedRevision, resource, obj.Key.Namespace, obj.Key.Name, obj.Revision, RowChecksum.Of(resource, obj.Key, obj.Revision, obj.Text), obj.Text);

    public void Update(StoredObject obj, long resource) =>
        Run("UPDATE object SET revision = $2, checksum = $3, json = $4 WHERE created = $1",
            obj.CreatedRevision, obj.Revision, RowChecksum.Of(resource, obj.Key, obj.Revision, obj.Text), obj.Text);

    public void Delete(long created) => Run("DELETE FROM object WHERE created = $1", created);

    public void Dispose()
    {
        foreach (var command in prepared.Values)
            command.Dispose();
        prepared.Clear();
    }

    private void Run(string sql, params ReadOnlySpan<object> values)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            prepared[sql] = command;
        }
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }
}
