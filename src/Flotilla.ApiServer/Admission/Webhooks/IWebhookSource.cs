using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>Resources of <c>admissionregistration.k8s.io</c> that configure webhooks.</summary>
internal enum WebhookKind
{
    Mutating,
    Validating,
}

/// <summary>What webhook admission reads of one virtual cluster, in memory. <see cref="Version"/> is asked with each write.</summary>
internal interface IWebhookSource
{
    /// <summary>A number that changes whenever a configuration of the kind does (it may change more often, never less).</summary>
    long Version(WebhookKind kind);

    /// <summary>The configurations of a kind as they are now; they are not changed after.</summary>
    IReadOnlyCollection<JsonObject> Configurations(WebhookKind kind);

    /// <summary>A Namespace; null when there is none.</summary>
    JsonObject? Namespace(string name);

    /// <summary>A Service; null when there is none.</summary>
    JsonObject? Service(string ns, string name);

    /// <summary>The Endpoints object of a Service; null when there is none.</summary>
    JsonObject? Endpoints(string ns, string name);

    /// <summary>All EndpointSlices of a namespace.</summary>
    IReadOnlyCollection<JsonObject> EndpointSlices(string ns);
}
