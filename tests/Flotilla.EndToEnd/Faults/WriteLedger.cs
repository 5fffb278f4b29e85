using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.EndToEnd.Faults;

/// <summary>
/// What one client was promised: for each of its names the last acknowledged state, and the write that is under way, which a
/// dying server may have done or not. Only its client uses it while the server runs.
/// </summary>
internal sealed class WriteLedger
{
    private readonly Dictionary<string, Known> names = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => names.Keys;

    /// <summary>The highest revision that an answer showed.</summary>
    public long Highest { get; private set; }

    public Known this[string name] => names.GetValueOrDefault(name) ?? new Known(null, 0, null);

    public void Begin(string name, Wish wish) => names[name] = this[name] with { UnderWay = wish };

    public void Acknowledge(string name, Wish wish, long revision)
    {
        Highest = Math.Max(Highest, revision);
        names[name] = new Known(wish.Value, revision, null);
    }

    /// <summary>What is wrong with what a new server has; from now on that counts.</summary>
    public IEnumerable<string> Check(IReadOnlyDictionary<string, JsonObject> found)
    {
        foreach (var (name, known) in names.ToList())
        {
            var there = found.GetValueOrDefault(name);
            var value = there.Object("data").String("value");
            var revision = there is null ? 0 : Revision(there);
            var asAcknowledged = value == known.Value && (value is null || revision == known.Revision);
            var asWished = known.UnderWay is { } wish && value == wish.Value && (value is null || revision > known.Revision);
            if (!asAcknowledged && !asWished)
                yield return $"{name}: acknowledged {known}, found {value ?? "nothing"} at {revision}";
            names[name] = new Known(value, value is null ? known.Revision : revision, null);
            Highest = Math.Max(Highest, revision);
        }
    }

    public static long Revision(JsonObject obj) => long.Parse(obj.Object("metadata").String("resourceVersion")!, CultureInfo.InvariantCulture);

    /// <summary>A wanted state; null for none (a delete).</summary>
    public sealed record Wish(string? Value);

    /// <summary>The acknowledged value (null: it does not exist) and its revision.</summary>
    public sealed record Known(string? Value, long Revision, Wish? UnderWay);
}
