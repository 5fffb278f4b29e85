using System.Collections.Concurrent;
using Flotilla.Api;
using Flotilla.Api.Fleets;
using Flotilla.Core;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Fleets;

/// <summary>
/// What is said about fleets. Counts change with every site; the API is told at most once in a while, and the last word always.
/// </summary>
/// <param name="changed">Asked to have <see cref="WriteAsync"/> called for a fleet.</param>
internal sealed class FleetStatusBook(StatusWriter status, Func<ObjectKey, Fleet?> declared, Action<ObjectKey> changed, TimeProvider time)
{
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<ObjectKey, FleetStatus> known = new();
    private readonly ConcurrentDictionary<ObjectKey, (FleetStatus Status, DateTimeOffset At)> written = new();

    public FleetStatus? Find(ObjectKey fleet) => known.GetValueOrDefault(fleet);

    public void Put(ObjectKey fleet, FleetStatus said)
    {
        known[fleet] = said;
        if (!Same(said, LastKnownToApi(fleet)))
            changed(fleet);
    }

    public void Remove(ObjectKey fleet)
    {
        known.TryRemove(fleet, out _);
        written.TryRemove(fleet, out _);
    }

    public async Task<NextLook> WriteAsync(ObjectKey fleet, CancellationToken cancellation)
    {
        if (known.GetValueOrDefault(fleet) is not { } said || Same(said, LastKnownToApi(fleet)))
            return new NextLook.OnChange();
        var now = time.GetUtcNow();
        if (written.TryGetValue(fleet, out var last) && now - last.At < BetweenWrites)
            return new NextLook.After(last.At + BetweenWrites - now, "the status was written just now");
        await status.WriteAsync(HubResources.Fleets, fleet, said, ApiJson.Default.FleetStatus, cancellation);
        written[fleet] = (said, now);
        return new NextLook.OnChange();
    }

    private FleetStatus? LastKnownToApi(ObjectKey fleet) =>
        written.TryGetValue(fleet, out var last) ? last.Status : declared(fleet)?.Status;

    private static bool Same(FleetStatus a, FleetStatus? b) =>
        b is not null && a.Conditions.SequenceEqual(b.Conditions) && (a with { Conditions = [] }) == (b with { Conditions = [] });
}
