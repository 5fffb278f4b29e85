using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Agent.State;
using Flotilla.Agent.Syncing;
using Flotilla.Api.Releases;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Microsoft.Extensions.Logging;

namespace Flotilla.Agent.Clusters;

/// <summary>
/// The floor once more, in a Secret of the cluster: a lost state folder must not let an old desired state in. A cluster that cannot be
/// reached holds up nothing, since without it nothing can be applied either.
/// </summary>
internal sealed partial class FloorSecret(KubernetesClient cluster, SiteBook book, TimeProvider time, int seed, ILogger logger)
{
    private const string Place = "flotilla-system";
    private const string Name = "flotilla-agent";
    private const string Key = "floor";
    private static readonly ResourceReference Secrets = new("", "v1", "secrets", true, "Secret");
    private static readonly ResourceReference Namespaces = new("", "v1", "namespaces", false, "Namespace");
    private readonly Backoff backoff = new(seed);
    private SignedFloor kept = SignedFloor.Zero;

    /// <summary>Raises the floor to what the cluster remembers.</summary>
    public async Task RecallAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var secret = await cluster.GetAsync(Secrets, Place, Name, cancellation);
                if (secret.Object("data").String(Key) is { } text
                    && JsonSerializer.Deserialize(Convert.FromBase64String(text), StateJson.Default.SignedFloor) is { } remembered)
                {
                    kept = remembered;
                    await book.ChangeAsync(record => record.Floor.Or(remembered) is var floor && floor != record.Floor ? record with { Floor = floor } : null, [], cancellation);
                }
                return;
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                LogUnreadable(logger, e.Message);
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or ApiStatusException)
            {
                if (book.Record.Floor != SignedFloor.Zero)
                    return;
                // Nothing is known at all: an old state could be taken for a new one.
                var pause = backoff.Next();
                LogUnknown(logger, e.Message, pause.TotalSeconds);
                await Task.Delay(pause, time, cancellation);
            }
        }
    }

    /// <summary>Writes the floor down whenever it has risen.</summary>
    public async Task KeepAsync(Pulse risen, CancellationToken cancellation)
    {
        while (true)
        {
            var next = risen.Next;
            if (book.Record.Floor is var floor && floor != kept)
            {
                try
                {
                    await WriteAsync(floor, cancellation);
                    kept = floor;
                    backoff.Reset();
                }
                catch (Exception e) when (e is HttpRequestException or IOException or ApiStatusException)
                {
                    await Task.Delay(backoff.Next(), time, cancellation);
                }
                continue;
            }
            await next.WaitAsync(cancellation);
        }
    }

    private async Task WriteAsync(SignedFloor floor, CancellationToken cancellation)
    {
        var secret = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = Name, ["namespace"] = Place },
            ["type"] = "Opaque",
            ["data"] = new JsonObject { [Key] = Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(floor, StateJson.Default.SignedFloor)) },
        };
        var options = new ApplyOptions { FieldManager = ReleaseLabels.FieldManager + "-agent", Force = true, Resource = Secrets };
        try
        {
            await cluster.ApplyAsync(secret, options, cancellation);
        }
        catch (ApiStatusException e) when (e.Status.Code == 404)
        {
            var place = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = Place } };
            await cluster.ApplyAsync(place, options with { Resource = Namespaces }, cancellation);
            await cluster.ApplyAsync(secret, options, cancellation);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Secret flotilla-system/flotilla-agent cannot be read, and nothing is taken from the hub before: {Why}; trying again in {Seconds:0} s")]
    private static partial void LogUnknown(ILogger logger, string why, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the floor in Secret flotilla-system/flotilla-agent cannot be read, what the disk says counts: {Why}")]
    private static partial void LogUnreadable(ILogger logger, string why);
}
