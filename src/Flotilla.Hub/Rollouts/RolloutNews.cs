using System.Diagnostics.Metrics;
using System.Globalization;
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
    private const int Notifiers = 4;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly Meter Meter = new("Flotilla.Hub.Rollouts");
    private static readonly Counter<long> Told = Meter.CreateCounter<long>("flotilla.rollout.transitions", description: "Lines of rollouts' stories, by reason.");
    private static readonly ResourceReference Events = new("", "v1", "events", true, "Event");

    private static readonly IReadOnlyDictionary<string, string> Notices = new Dictionary<string, string>
    {
        [Reasons.BudgetExceeded] = "paused",
        [Reasons.WaveFailed] = "paused",
        [Reasons.Paused] = "paused",
        [Reasons.RollingBack] = "rollingback",
        [Reasons.RolledBack] = "failed",
        [Reasons.ApprovalNeeded] = "approvalneeded",
        [Reasons.RolledOut] = "finished",
        [Reasons.Cancelled] = "finished",
        [Reasons.Superseded] = "finished",
    };

    private static readonly BoundedChannelOptions Bounds = new(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest };

    // Apart: a webhook that does not answer must not keep Events waiting, and not those of others for long.
    private readonly Channel<Item> events = Channel.CreateBounded<Item>(Bounds);
    private readonly Channel<Item> notices = Channel.CreateBounded<Item>(Bounds);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<ObjectKey, string> asked = new();

    public void Hear(ObjectKey rollout, RolloutRecord record, RolloutOutcome outcome, IReadOnlyList<StoryEntry> story)
    {
        foreach (var entry in story)
        {
            Told.Add(1, new KeyValuePair<string, object?>("fleet", record.Fleet), new KeyValuePair<string, object?>("namespace", rollout.Namespace), new KeyValuePair<string, object?>("reason", entry.Reason));
            Put(new Item(rollout, record, entry));
        }
        var approval = outcome.Waits.FirstOrDefault(w => w.Reason == Reasons.ApprovalNeeded)?.Message;
        if (approval is null)
            asked.TryRemove(rollout, out _);
        else if (asked.GetValueOrDefault(rollout) != approval)
            Put(new Item(rollout, record, new StoryEntry(time.GetUtcNow(), null, null, Reasons.ApprovalNeeded, asked[rollout] = approval)));
    }

    /// <summary>Tells until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        Task.WhenAll([WriteEventsAsync(cancellation), .. Enumerable.Range(0, Notifiers).Select(_ => NotifyAsync(cancellation))]);

    private void Put(Item item)
    {
        events.Writer.TryWrite(item);
        if (item.Entry.Site is null && Notices.ContainsKey(item.Entry.Reason))
            notices.Writer.TryWrite(item);
    }

    private async Task WriteEventsAsync(CancellationToken cancellation)
    {
        await foreach (var item in events.Reader.ReadAllAsync(cancellation))
            await TryAsync(item, () => WriteEventAsync(item, cancellation), cancellation);
    }

    private async Task NotifyAsync(CancellationToken cancellation)
    {
        await foreach (var item in notices.Reader.ReadAllAsync(cancellation))
        {
            foreach (var notice in RolloutTermsReading.Read(item.Record.Strategy).Notify)
            {
                if (notice.Webhook is { } webhook)
                    await TryAsync(item, () => NotifyAsync(item, Notices[item.Entry.Reason], webhook, cancellation), cancellation);
            }
        }
    }

    private async Task TryAsync(Item item, Func<Task> tell, CancellationToken cancellation)
    {
        for (var n = 1; ; n++)
        {
            try
            {
                await tell();
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or EndpointException or RolloutHookException || e is ApiStatusException { Status.Code: >= 500 or 429 })
            {
                if (n == Tries)
                {
                    NotTold(item.Rollout.ToString(), item.Entry.Message, e.Message);
                    return;
                }
                await Task.Delay(TimeSpan.FromSeconds(1 << n), time, cancellation);
            }
            catch (ApiStatusException e)
            {
                // Its object, or its namespace, is gone, or the hub may not.
                NotTold(item.Rollout.ToString(), item.Entry.Message, e.Message);
                return;
            }
        }
    }

    private async Task WriteEventAsync(Item item, CancellationToken cancellation)
    {
        var at = item.Entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var name = $"{item.Rollout.Name}.{item.Entry.Time.UtcTicks:x}{(item.Entry.Site is { } site ? "." + site : "")}.{item.Entry.Reason.ToLowerInvariant()}";
        await api.CreateAsync(Events, item.Rollout.Namespace, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["name"] = name.Length > 253 ? name[..253].TrimEnd('.', '-') : name, ["namespace"] = item.Rollout.Namespace },
            ["involvedObject"] = new JsonObject { ["apiVersion"] = CustomResourceDefinitions.ApiVersion, ["kind"] = nameof(Rollout), ["namespace"] = item.Rollout.Namespace, ["name"] = item.Rollout.Name },
            ["reason"] = item.Entry.Reason,
            ["message"] = item.Entry.Message.Length > 1024 ? item.Entry.Message[..1024] : item.Entry.Message,
            ["type"] = item.Entry.Reason is Reasons.BudgetExceeded or Reasons.WaveFailed or Reasons.ApplyFailed or Reasons.Silent or Reasons.RolledBack or Reasons.Unhealthy ? "Warning" : "Normal",
            ["source"] = new JsonObject { ["component"] = "flotilla-hub" },
            ["firstTimestamp"] = at,
            ["lastTimestamp"] = at,
            ["count"] = 1,
        }, new WriteOptions { FieldManager = HubResources.FieldManager }, cancellation);
    }

    private Task NotifyAsync(Item item, string kind, WebhookAddress webhook, CancellationToken cancellation)
    {
        var body = CanonicalJson.Write(new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = $"{item.Rollout.Name}-{item.Entry.Time.UtcTicks:x}-{kind}",
            ["source"] = $"/namespaces/{item.Rollout.Namespace}/rollouts/{item.Rollout.Name}",
            ["type"] = $"dev.flotilla.rollout.{kind}",
            ["time"] = item.Entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["datacontenttype"] = "application/json",
            ["data"] = new JsonObject
            {
                ["namespace"] = item.Rollout.Namespace,
                ["fleet"] = item.Record.Fleet,
                ["rollout"] = item.Rollout.Name,
                ["revision"] = item.Record.Revision,
                ["phase"] = item.Record.Phase.ToString(),
                ["reason"] = item.Entry.Reason,
                ["message"] = item.Entry.Message,
            },
        });
        return hooks.PostAsync(
            item.Rollout.Namespace, webhook.Url, webhook.SecretRef is { } secret ? (secret.Name, secret.Key) : null, body, "application/cloudevents+json", Timeout, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "rollout {Rollout}: could not tell \"{What}\": {Why}")]
    private partial void NotTold(string rollout, string what, string why);

    private sealed record Item(ObjectKey Rollout, RolloutRecord Record, StoryEntry Entry);
}
