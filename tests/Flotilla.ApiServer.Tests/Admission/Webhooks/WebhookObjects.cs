using System.Text.Json.Nodes;
using Flotilla.ApiServer.Admission.Webhooks;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Admission.Webhooks;

/// <summary>What webhook admission reads, in memory.</summary>
internal sealed class WebhookObjects : IWebhookSource
{
    private readonly Dictionary<(string Kind, string Namespace, string Name), JsonObject> objects = [];
    private long version;

    /// <summary>Adds a configuration; <c>rules</c> default to creates, updates and deletes of everything.</summary>
    public WebhookObjects Hook(WebhookKind kind, string configuration, params string[] hooks)
    {
        var webhooks = new JsonArray();
        foreach (var text in hooks)
        {
            var hook = (JsonObject)JsonNode.Parse(text)!;
            hook.TryAdd("rules", JsonNode.Parse("""[{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*/*"]}]"""));
            hook.TryAdd("admissionReviewVersions", JsonNode.Parse("""["v1"]"""));
            hook.TryAdd("sideEffects", "None");
            webhooks.Add((JsonNode)hook);
        }
        return Put(kind.ToString(), "", new JsonObject { ["metadata"] = new JsonObject { ["name"] = configuration }, ["webhooks"] = webhooks });
    }

    public WebhookObjects Put(string kind, string ns, string json) => Put(kind, ns, (JsonObject)JsonNode.Parse(json)!);

    public void Clear(WebhookKind kind)
    {
        foreach (var key in objects.Keys.Where(k => k.Kind == kind.ToString()).ToList())
            objects.Remove(key);
        version++;
    }

    public long Version(WebhookKind kind) => version;

    public IReadOnlyCollection<JsonObject> Configurations(WebhookKind kind) => List(kind.ToString(), "");

    public JsonObject? Namespace(string name) => objects.GetValueOrDefault(("Namespace", "", name));

    public JsonObject? Service(string ns, string name) => objects.GetValueOrDefault(("Service", ns, name));

    public JsonObject? Endpoints(string ns, string name) => objects.GetValueOrDefault(("Endpoints", ns, name));

    public IReadOnlyCollection<JsonObject> EndpointSlices(string ns) => List("EndpointSlice", ns);

    private WebhookObjects Put(string kind, string ns, JsonObject obj)
    {
        objects[(kind, ns, obj.Object("metadata").String("name")!)] = obj;
        version++;
        return this;
    }

    private List<JsonObject> List(string kind, string ns) => [.. objects.Where(o => o.Key.Kind == kind && o.Key.Namespace == ns).Select(o => o.Value)];
}
