using System.Diagnostics.Metrics;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Flotilla.Api;
using Flotilla.Api.Definitions;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Rollouts;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Rollouts;

/// <summary>
/// Tells the world of rollouts: Events on their objects, metrics, and CloudEvents (1.0, JSON) to who is declared in <c>notify</c>. What cannot be told
/// is left out after a while: the ledger has all of it.
/// </summary>
internal sealed partial class RolloutNews(KubernetesClient api, RolloutHooks hooks, TimeProvider time, ILogger logger) : IRolloutAudience
{
    private const int MostWaiting = 1000;
    private const int Tries = 5;
    private const int LongestName = 200;
    private const int Notifiers = 4;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly Meter Meter = new("Flotilla.Hub.Rollouts");
    private static readonly Counter<long> Told = Meter.CreateCounter<long>("flotilla.rollout.transitions", description: "Lines of rollouts' stories, by reason.");
    private static readonly ResourceReference Events = new("", "v1", "events", true, "Event");

    private static readonly BoundedChannelOptions Bounds = new(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest };

    // Apart: a webhook that does not answer must not keep Events waiting, and not those of others for long.
    private readonly Channel<(ObjectKey Rollout, StoryEntry Entry)> events = Channel.CreateBounded<(ObjectKey, StoryEntry)>(Bounds);
    private readonly Channel<(ObjectKey Rollout, RolloutRecord Record, RolloutNotice Notice)> notices = Channel.CreateBounded<(ObjectKey, RolloutRecord, RolloutNotice)>(Bounds);

    public void Hear(ObjectKey rollout, RolloutRecord before, RolloutOutcome outcome, IReadOnlyList<StoryEntry> story)
    {
        foreach (var entry in story)
        {
            Told.Add(1, new KeyValuePair<string, object?>("fleet", before.Fleet), new KeyValuePair<string, object?>("namespace", rollout.Namespace), new KeyValuePair<string, object?>("reason", entry.Reason));
            events.Writer.TryWrite((rollout, entry));
        }
        foreach (var notice in RolloutNotice.Of(before, outcome, time.GetUtcNow()))
            notices.Writer.TryWrite((rollout, outcome.Record, notice));
    }

    /// <summary>Tells until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        Task.WhenAll([WriteEventsAsync(cancellation), .. Enumerable.Range(0, Notifiers).Select(_ => NotifyAsync(cancellation))]);

    private async Task WriteEventsAsync(CancellationToken cancellation)
    {
        await foreach (var (rollout, entry) in events.Reader.ReadAllAsync(cancellation))
            await TryAsync(rollout, entry.Message, () => WriteEventAsync(rollout, entry, cancellation), cancellation);
    }

    private async Task NotifyAsync(CancellationToken cancellation)
    {
        await foreach (var (rollout, record, notice) in notices.Reader.ReadAllAsync(cancellation))
        {
            foreach (var who in RolloutTermsReading.Read(record.Strategy).Notify)
            {
                if (who.Webhook is { } webhook)
                    await TryAsync(rollout, notice.Message, () => NotifyAsync(rollout, record, notice, webhook, cancellation), cancellation);
            }
        }
    }

    private async Task TryAsync(ObjectKey rollout, string what, Func<Task> tell, CancellationToken cancellation)
    {
        for (var n = 1; ; n++)
        {
            try
            {
                await tell();
                return;
            }
            catch (ApiStatusException e) when (n > 1 && e.Status.Code == 409)
            {
                // A try before this one came through, and its answer did not.
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or EndpointException or RolloutHookException || e is ApiStatusException { Status.Code: >= 500 or 429 })
            {
                if (n == Tries)
                {
                    NotTold(rollout.ToString(), what, e.Message);
                    return;
                }
                await Task.Delay(TimeSpan.FromSeconds(1 << n), time, cancellation);
            }
            catch (ApiStatusException e)
            {
                // Its object, or its namespace, is gone, or the hub may not.
                NotTold(rollout.ToString(), what, e.Message);
                return;
            }
        }
    }

    private async Task WriteEventAsync(ObjectKey rollout, StoryEntry entry, CancellationToken cancellation)
    {
        var at = entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var name = $"{(rollout.Name.Length > LongestName ? rollout.Name[..LongestName].TrimEnd('.', '-') : rollout.Name)}.{Mark(entry)}";
        await api.CreateAsync(Events, rollout.Namespace, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = rollout.Namespace },
            ["involvedObject"] = new JsonObject { ["apiVersion"] = CustomResourceDefinitions.ApiVersion, ["kind"] = nameof(Rollout), ["namespace"] = rollout.Namespace, ["name"] = rollout.Name },
            ["reason"] = entry.Reason,
            ["message"] = entry.Message.Length > 1024 ? entry.Message[..1024] : entry.Message,
            ["type"] = entry.Reason is Reasons.BudgetExceeded or Reasons.WaveFailed or Reasons.ApplyFailed or Reasons.Silent or Reasons.RolledBack or Reasons.Unhealthy ? "Warning" : "Normal",
            ["source"] = new JsonObject { ["component"] = "flotilla-hub" },
            ["firstTimestamp"] = at,
            ["lastTimestamp"] = at,
            ["count"] = 1,
        }, new WriteOptions { FieldManager = HubResources.FieldManager }, cancellation);
    }

    /// <summary>The same for the same line, so that no line is told twice.</summary>
    private static string Mark(StoryEntry entry) =>
        XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(string.Join('\n', entry.Time.UtcTicks, entry.Wave, entry.Site, entry.Reason, entry.Message))).ToString("x32", CultureInfo.InvariantCulture);

    private Task NotifyAsync(ObjectKey rollout, RolloutRecord record, RolloutNotice notice, WebhookAddress webhook, CancellationToken cancellation)
    {
        var body = CanonicalJson.Write(new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = $"{rollout.Name}-{notice.At.UtcTicks:x}-{notice.Kind}",
            ["source"] = $"/namespaces/{rollout.Namespace}/rollouts/{rollout.Name}",
            ["type"] = $"dev.flotilla.rollout.{notice.Kind}",
            ["time"] = notice.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["datacontenttype"] = "application/json",
            ["data"] = new JsonObject
            {
                ["namespace"] = rollout.Namespace,
                ["fleet"] = record.Fleet,
                ["rollout"] = rollout.Name,
                ["revision"] = record.Revision,
                ["phase"] = record.Phase.ToString(),
                ["reason"] = notice.Reason,
                ["message"] = notice.Message,
            },
        });
        return hooks.PostAsync(
            rollout.Namespace, webhook.Url, webhook.SecretRef is { } secret ? (secret.Name, secret.Key) : null, body, "application/cloudevents+json", Timeout, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "rollout {Rollout}: could not tell \"{What}\": {Why}")]
    private partial void NotTold(string rollout, string what, string why);
}
