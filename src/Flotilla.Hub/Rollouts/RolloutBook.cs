using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Definitions;
using Flotilla.Api.Rollouts;
using Flotilla.Core;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Hub.Rollouts;

/// <summary>
/// The objects of rollouts: made when they are missing, told at most once in a while, and the last word always. They mirror the ledger and decide
/// nothing of themselves.
/// </summary>
/// <param name="changed">Asked to have <see cref="WriteAsync"/> called for a rollout.</param>
internal sealed class RolloutBook(KubernetesClient api, StatusWriter status, Func<ObjectKey, Rollout?> declared, Action<ObjectKey> changed, TimeProvider time)
{
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<ObjectKey, (string Fleet, string Revision, RolloutStatus Status)> known = new();
    private readonly ConcurrentDictionary<ObjectKey, (string Text, DateTimeOffset At)> written = new();

    public RolloutStatus? Find(ObjectKey rollout) => known.TryGetValue(rollout, out var entry) ? entry.Status : declared(rollout)?.Status;

    /// <summary>Whether anything was said about it since the hub started.</summary>
    public bool IsSaid(ObjectKey rollout) => known.ContainsKey(rollout);

    public void Put(ObjectKey rollout, string fleet, string revision, RolloutStatus said)
    {
        known[rollout] = (fleet, revision, said);
        changed(rollout);
    }

    public async Task<NextLook> WriteAsync(ObjectKey rollout, CancellationToken cancellation)
    {
        if (!known.TryGetValue(rollout, out var entry))
            return new NextLook.OnChange();
        var now = time.GetUtcNow();
        if (declared(rollout) is null && !await MakeAsync(rollout, entry.Fleet, entry.Revision, cancellation))
            return new NextLook.OnChange();
        var text = JsonSerializer.Serialize(entry.Status, ApiJson.Default.RolloutStatus);
        if (written.TryGetValue(rollout, out var last))
        {
            if (last.Text == text && declared(rollout) is not null)
                return new NextLook.OnChange();
            if (now - last.At < BetweenWrites)
                return new NextLook.After(last.At + BetweenWrites - now, "the rollout's status is written at most twice a second");
        }
        else if (declared(rollout)?.Status is { } there && JsonSerializer.Serialize(there, ApiJson.Default.RolloutStatus) == text)
        {
            written[rollout] = (text, now);
            return new NextLook.OnChange();
        }
        await status.WriteAsync(HubResources.Rollouts, rollout, entry.Status, ApiJson.Default.RolloutStatus, cancellation);
        written[rollout] = (text, now);
        return new NextLook.OnChange();
    }

    /// <summary>Makes the object; false when it is there after all, or cannot be.</summary>
    private async Task<bool> MakeAsync(ObjectKey rollout, string fleet, string revision, CancellationToken cancellation)
    {
        try
        {
            await api.CreateAsync(HubResources.Rollouts, rollout.Namespace, new JsonObject
            {
                ["apiVersion"] = CustomResourceDefinitions.ApiVersion,
                ["kind"] = nameof(Rollout),
                ["metadata"] = new JsonObject { ["name"] = rollout.Name, ["namespace"] = rollout.Namespace, ["labels"] = new JsonObject { ["flotilla.dev/fleet"] = fleet } },
                ["spec"] = new JsonObject { ["fleet"] = fleet, ["revision"] = revision },
            }, new WriteOptions { FieldManager = HubResources.FieldManager }, cancellation);
            written.TryRemove(rollout, out _);
            return true;
        }
        catch (ApiStatusException e) when (e.Status.Code == 409)
        {
            return true;
        }
        catch (ApiStatusException e) when (e.Status.Code == 404)
        {
            // The namespace is gone, and the fleet with it.
            return false;
        }
    }
}
