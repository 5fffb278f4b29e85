using System.Data.Common;

namespace Flotilla.Hub.Ledger;

/// <summary>A transaction under way. The statements are those that SQLite and PostgreSQL both understand.</summary>
/// <param name="connection">Open, with the transaction begun.</param>
/// <param name="locksRows">Whether others may write at the same time, so that rows must be locked between reading and writing them.</param>
internal sealed class LedgerSession(DbConnection connection, bool locksRows) : IDisposable
{
    private const int MostTogether = 1000;

    private readonly Dictionary<string, DbCommand> commands = [];

    /// <summary>What is announced once the transaction is committed.</summary>
    public List<LedgerChange> Changes { get; } = [];

    /// <summary>Set when the transaction shall leave nothing behind.</summary>
    public bool Refused { get; set; }

    /// <summary>Ends a SELECT whose rows are written afterwards.</summary>
    public string ForUpdate => locksRows ? " FOR UPDATE" : "";

    /// <summary>The same, for one of its tables.</summary>
    public string ForUpdateOf(string table) => locksRows ? $" FOR UPDATE OF {table}" : "";

    public async Task<int> ExecuteAsync(string sql, CancellationToken cancellation, params (string Name, object? Value)[] parameters) =>
        await Prepare(sql, parameters).ExecuteNonQueryAsync(cancellation);

    /// <summary>
    /// Runs a statement over rows: <c>$rows</c> in it stands for a table <c>r</c> of them. A server gets many at once, as arrays;
    /// within the process each row is cheaper by itself.
    /// </summary>
    /// <returns>How many rows it wrote altogether.</returns>
    public async Task<int> ExecuteEachAsync<T>(string sql, LedgerColumn<T>[] columns, IEnumerable<T> rows, CancellationToken cancellation)
    {
        var written = 0;
        if (locksRows)
        {
            sql = sql.Replace("$rows", $"unnest({Names("@")}) AS r ({Names("")})", StringComparison.Ordinal);
            foreach (var chunk in rows.Chunk(MostTogether))
                written += await ExecuteAsync(sql, cancellation, [.. columns.Select(c => (c.Name, (object?)c.Values(chunk)))]);
        }
        else
        {
            sql = sql.Replace("$rows", $"(SELECT {string.Join(", ", columns.Select(c => $"@{c.Name} AS {c.Name}"))}) AS r", StringComparison.Ordinal);
            foreach (var row in rows)
                written += await ExecuteAsync(sql, cancellation, [.. columns.Select(c => (c.Name, c.Value(row)))]);
        }
        return written;

        string Names(string prefix) => string.Join(", ", columns.Select(c => prefix + c.Name));
    }

    public async Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        var rows = new List<T>();
        await using var reader = await Prepare(sql, parameters).ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>The first row, or the default when there is none.</summary>
    public async Task<T?> FirstAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        await using var reader = await Prepare(sql, parameters).ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? read(reader) : default;
    }

    public void Dispose()
    {
        foreach (var command in commands.Values)
            command.Dispose();
    }

    private DbCommand Prepare(string sql, (string Name, object? Value)[] parameters)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            commands[sql] = command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, _) in parameters)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                command.Parameters.Add(parameter);
            }
        }
        // Npgsql binds the parameters that a command had when it ran first: they get new values, they are not exchanged.
        for (var i = 0; i < parameters.Length; i++)
            command.Parameters[i].Value = Stored(parameters[i].Value);
        return command;
    }

    private static object Stored(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset time => time.UtcTicks,
        _ => value,
    };
}
