namespace Flotilla.Hub.Ledger;

/// <summary>A column of rows that are written together: one value for a row, or all values as an array of their type.</summary>
/// <param name="Name">Of the parameter and of the column.</param>
internal sealed record LedgerColumn<T>(string Name, Func<T, object?> Value, Func<IEnumerable<T>, Array> Values)
{
    public static LedgerColumn<T> Text(string name, Func<T, string?> value) => new(name, value, rows => rows.Select(value).ToArray());

    public static LedgerColumn<T> Number(string name, Func<T, long?> value) => new(name, row => value(row), rows => rows.Select(value).ToArray());

    public static LedgerColumn<T> Bytes(string name, Func<T, byte[]> value) => new(name, value, rows => rows.Select(value).ToArray());
}
