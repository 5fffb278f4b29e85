using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>All webhooks of a kind in the order they are called in: by name of the configuration, then as listed.</summary>
internal sealed class WebhookSet
{
    private readonly Dictionary<WebhookAddress, WebhookClient> clients = [];

    /// <summary>Reads configurations; clients of addresses that the previous set had too go on with their connections.</summary>
    public WebhookSet(long version, IEnumerable<JsonObject> configurations, IWebhookSource source, WebhookSet? previous)
    {
        Version = version;
        var hooks = new List<Webhook>();
        foreach (var configuration in configurations.OrderBy(Name, StringComparer.Ordinal))
        {
            foreach (var hook in (configuration.Array("webhooks") ?? []).OfType<JsonObject>())
                hooks.Add(new Webhook(Name(configuration), hook, ClientOf(hook, source, previous)));
        }
        Hooks = hooks;
    }

    public long Version { get; }

    public IReadOnlyList<Webhook> Hooks { get; }

    private WebhookClient? ClientOf(JsonObject hook, IWebhookSource source, WebhookSet? previous)
    {
        if (WebhookAddress.Read(hook.Object("clientConfig")) is not { } address)
            return null;
        if (!clients.TryGetValue(address, out var client))
            clients[address] = client = previous?.clients.GetValueOrDefault(address) ?? new WebhookClient(address, source);
        return client;
    }

    private static string Name(JsonObject configuration) => configuration.Object("metadata").String("name") ?? "";
}
