using System.Globalization;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Hub.Identity;
using Flotilla.Hub.Ledger;

namespace Flotilla.Hub.Restores;

/// <summary>
/// Whether this hub may change anything. One that opened a new epoch was restored from a backup, and one that knows less than its sites was,
/// too, whether anybody said so or not: both are held until somebody lifts that.
/// </summary>
public sealed class HubStanding(HubKeys keys, ILedger ledger, TimeProvider time)
{
    /// <summary>Compares the epoch that the keys grant with that of the ledger.</summary>
    /// <exception cref="HubIdentityException">The ledger is of a later epoch.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var record = await ledger.ChangeHubAsync(First(now), known => known.Epoch >= keys.Epoch ? null : Opened(known, now), cancellation);
        if (record.Epoch > keys.Epoch)
            throw new HubIdentityException($"the ledger is of epoch {record.Epoch}, the keys grant only {keys.Epoch}: an old copy of the keys? Restore the newer epoch.json, or run `{RestoreCommand(record)}`");
    }

    public async Task<HubRecord> NowAsync(CancellationToken cancellation) =>
        await ledger.HubAsync(cancellation) ?? First(time.GetUtcNow());

    /// <summary>A site proved to have taken something that the ledger does not know.</summary>
    public async Task FoundAheadAsync(SiteName site, TakenState taken, CancellationToken cancellation)
    {
        var (now, state) = (time.GetUtcNow(), taken.State);
        await ledger.ChangeHubAsync(
            First(now),
            known =>
            {
                var shown = known with { ShownEpoch = Math.Max(known.ShownEpoch, state.Epoch), ShownKeySet = Math.Max(known.ShownKeySet, taken.KeySetVersion) };
                // What was said in an epoch before this one was lost with the backup's age, and is what adoption is for.
                if (known.Hold is null && state.Epoch >= keys.Epoch)
                    shown = shown with { Hold = new HubHold(Reasons.HubBehindSites, Behind(site, taken, shown), now) };
                return shown;
            },
            cancellation);
    }

    /// <summary>Lifts the hold.</summary>
    /// <returns>Why that cannot be; null when it is done.</returns>
    public async Task<string?> ReleaseAsync(CancellationToken cancellation)
    {
        string? refusal = null;
        await ledger.ChangeHubAsync(
            First(time.GetUtcNow()),
            known =>
            {
                refusal = known.ShownEpoch >= keys.Epoch
                    ? $"sites have taken what a hub said in epoch {known.ShownEpoch}, and this one writes in epoch {keys.Epoch}: they would refuse it. Stop the hub, run `{RestoreCommand(known)}`, and start it again"
                    : known.ShownKeySet > keys.KeySet.Version
                        ? $"sites know key set {known.ShownKeySet}, this hub has {keys.KeySet.Version}: they might not trust its signing key. Stop the hub, run `{RestoreCommand(known)}`, and start it again"
                        : null;
                return refusal is null ? known with { Hold = null } : null;
            },
            cancellation);
        return refusal;
    }

    private HubRecord First(DateTimeOffset now)
    {
        var first = new HubRecord { Epoch = keys.Epoch, Opened = now };
        return keys.Epoch == 1 ? first : Opened(first, now);
    }

    private HubRecord Opened(HubRecord known, DateTimeOffset now) => known with
    {
        Epoch = keys.Epoch,
        Opened = now,
        Hold = new HubHold(
            Reasons.RestoredFromBackup,
            $"Epoch {keys.Epoch} was opened. Nothing is changed anywhere until `flotilla hub release`; until then sites tell what they run, and their journals are taken.", now),
    };

    private static string Behind(SiteName site, TakenState taken, HubRecord shown) =>
        $"{site} has taken ({taken.State.Epoch}, {taken.State.Sequence}), which this hub does not know of: it was restored from a backup, or its ledger was lost. Stop it, run `{RestoreCommand(shown)}`, and start it again.";

    private static string RestoreCommand(HubRecord record) => string.Create(
        CultureInfo.InvariantCulture,
        $"flotilla hub restore --data DIR --root-key FILE --epoch {Math.Max(record.ShownEpoch, record.Epoch) + 1}{(record.ShownKeySet > 0 ? $" --key-set {record.ShownKeySet + 1}" : "")}");
}
