using System.Text.Json;
using Flotilla.Agent.Journals;
using Flotilla.Agent.State;
using Flotilla.Api.Sync;

namespace Flotilla.Agent.Syncing;

/// <summary>The site as the sync sees it.</summary>
public interface ISyncedSite
{
    SiteIdentity Identity { get; }

    IJournal Journal { get; }

    /// <summary>Beats when the journal or the report changed.</summary>
    Pulse Changed { get; }

    SyncPolicy Policy { get; }

    /// <summary>Whether the site can go on only with something from the hub, as leave to begin what it has staged.</summary>
    bool AwaitsHub { get; }

    /// <summary>What the site has taken, and how things stand.</summary>
    SyncStanding Standing();

    /// <summary>The envelopes of the desired state and the key set that the site took.</summary>
    (JsonElement? Envelope, JsonElement? KeySet) Taken { get; }

    /// <summary>A key set came; it is checked by the site.</summary>
    ValueTask TakeKeySetAsync(JsonElement envelope, CancellationToken cancellation);

    /// <summary>A desired state came; it is checked by the site.</summary>
    ValueTask TakeAsync(JsonElement envelope, CancellationToken cancellation);
}

/// <summary>What a site tells of itself at one moment.</summary>
public sealed record SyncStanding(long Epoch, long Sequence, long KeySet, SiteReport Report, string ReportDigest);
