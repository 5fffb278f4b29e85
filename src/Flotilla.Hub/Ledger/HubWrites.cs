using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flotilla.Hub.Ledger;

/// <summary>Reads and writes of what a hub remembers of itself: one row.</summary>
internal static class HubWrites
{
    public static async Task<HubRecord?> HubAsync(this LedgerSession session, bool toChange, CancellationToken cancellation)
    {
        var text = await session.FirstAsync(
            "SELECT document FROM hub WHERE id = 1" + (toChange ? session.ForUpdate : ""), row => row.GetString(0), cancellation);
        return text is null ? null : JsonSerializer.Deserialize(text, HubRecordJson.Default.HubRecord);
    }

    /// <summary>Whether nothing may be changed anywhere.</summary>
    public static async Task<bool> IsHeldAsync(this LedgerSession session, CancellationToken cancellation) =>
        await session.HubAsync(toChange: false, cancellation) is { Hold: not null };

    /// <summary>Changes the record; null from the change leaves it as it is.</summary>
    public static async Task<HubRecord> ChangeHubAsync(this LedgerSession session, HubRecord first, Func<HubRecord, HubRecord?> change, CancellationToken cancellation)
    {
        await session.ExecuteAsync(
            "INSERT INTO hub (id, document) VALUES (1, @document) ON CONFLICT DO NOTHING",
            cancellation, ("document", JsonSerializer.Serialize(first, HubRecordJson.Default.HubRecord)));
        var known = (await session.HubAsync(toChange: true, cancellation))!;
        if (change(known) is not { } next || next == known)
            return known;
        await session.ExecuteAsync(
            "UPDATE hub SET document = @document WHERE id = 1", cancellation, ("document", JsonSerializer.Serialize(next, HubRecordJson.Default.HubRecord)));
        session.Changes.Add(new LedgerChange(LedgerChangeKind.Hub, LedgerChange.Nobody));
        return next;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HubRecord))]
internal sealed partial class HubRecordJson : JsonSerializerContext;
