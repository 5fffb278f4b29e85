using System.Text.Json;
using System.Text.Json.Serialization;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Sites;
using Flotilla.Hub.Ledger;

namespace Flotilla.Hub.Gateway;

/// <summary>A page of a site's journal.</summary>
internal sealed record JournalPage(IReadOnlyList<StoredEntry> Entries);

/// <summary>Sites of a fleet as the hub knows them.</summary>
internal sealed record FleetSites(IReadOnlyList<SiteFacts> Sites);

/// <summary>A page of a rollout's story.</summary>
internal sealed record StoryPage(IReadOnlyList<StoryPageLine> Lines);

/// <summary>A line with its number: the next page comes after the last one.</summary>
internal sealed record StoryPageLine(long Number, JsonElement Line);

/// <summary>A rollout as the ledger has it, with a document for each site, in the order of their names.</summary>
internal sealed record RolloutSites(string Name, string Fleet, bool Ended, JsonElement Rollout, IReadOnlyList<JsonElement> Sites);

/// <summary>The last report of a site.</summary>
internal sealed record SiteReportPage(DateTimeOffset? LastSeen, SiteReport Report);

/// <summary>What a site is meant to be.</summary>
internal sealed record TargetPage(
    SiteName Site, string Fleet, ReleaseTarget? Stage, StartPermit? Permit, ReleaseTarget? PreviousGood, DateTimeOffset? Permitted,
    long Epoch, long Sequence, JsonElement Envelope);

/// <summary>Where content is that was uploaded.</summary>
internal sealed record UploadAnswer(string Digest, long Size);

/// <summary>A wish for an enrolment token.</summary>
internal sealed record EnrolmentWish
{
    /// <summary>A duration as <c>24h</c>.</summary>
    public string? ValidFor { get; init; }

    /// <summary>Whether keys that are bound to the site make way.</summary>
    public bool Replaces { get; init; }
}

/// <summary>A site is kept out.</summary>
internal sealed record RevocationAnswer(SiteName Site, DateTimeOffset Since);

/// <summary>A token, and all that an agent needs besides.</summary>
internal sealed record EnrolmentAnswer(string Token, string Hub, DateTimeOffset Expires, string Ca, string Manifest);

/// <summary>How the read API stands on the wire.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SiteNameJsonConverter)])]
[JsonSerializable(typeof(JournalPage))]
[JsonSerializable(typeof(FleetSites))]
[JsonSerializable(typeof(StoryPage))]
[JsonSerializable(typeof(RolloutSites))]
[JsonSerializable(typeof(SiteReportPage))]
[JsonSerializable(typeof(TargetPage))]
[JsonSerializable(typeof(UploadAnswer))]
[JsonSerializable(typeof(EnrolmentWish))]
[JsonSerializable(typeof(EnrolmentAnswer))]
[JsonSerializable(typeof(HubRecord))]
[JsonSerializable(typeof(RevocationAnswer))]
internal sealed partial class GatewayJson : JsonSerializerContext;

/// <summary>As <c>retail/store-0042</c>.</summary>
internal sealed class SiteNameJsonConverter : JsonConverter<SiteName>
{
    public override SiteName Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        SiteName.TryParse(reader.GetString()) ?? throw new JsonException("not namespace/name");

    public override void Write(Utf8JsonWriter writer, SiteName value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
