using System.Text;
using Flotilla.Api.Sites;

namespace Flotilla.Hub.Ledger;

/// <summary>Changes as payloads of NOTIFY: the sender, then one change a line, <c>T retail/store-0042</c>.</summary>
internal static class LedgerNotification
{
    /// <summary>PostgreSQL takes less than 8,000 bytes; the names are ASCII.</summary>
    private const int MostBytes = 7_500;

    private const string Letters = "ETRSXPH";

    public static IEnumerable<string> Write(string sender, IEnumerable<LedgerChange> changes)
    {
        var payload = new StringBuilder();
        foreach (var change in changes.Distinct())
        {
            var line = $"\n{Letters[(int)change.Kind]} {change.Site}";
            if (payload.Length + line.Length > MostBytes)
            {
                yield return payload.ToString();
                payload.Clear();
            }
            if (payload.Length == 0)
                payload.Append(sender);
            payload.Append(line);
        }
        if (payload.Length > 0)
            yield return payload.ToString();
    }

    /// <summary>The changes of others.</summary>
    public static IEnumerable<LedgerChange> Read(string payload, string self)
    {
        var lines = payload.Split('\n');
        if (lines[0] == self)
            yield break;
        foreach (var line in lines.Skip(1))
        {
            var kind = line.Length > 2 ? Letters.IndexOf(line[0], StringComparison.Ordinal) : -1;
            if (kind >= 0 && SiteName.TryParse(line[2..]) is { } site)
                yield return new LedgerChange((LedgerChangeKind)kind, site);
        }
    }
}
