using System.Text.Json.Nodes;
using Flotilla.ApiServer.Admission.Webhooks;
using Flotilla.ApiServer.Authorization;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Lifecycle;
using Flotilla.ApiServer.Storage;

namespace Flotilla.ApiServer.Admission;

/// <summary>What every change passes before it is stored: the server's own rules first, then webhooks.</summary>
internal sealed class AdmissionChain : IWebhookSource
{
    private readonly VirtualCluster cluster;
    private readonly WebhookAdmission webhooks;
    private readonly EscalationPrevention escalation;

    public AdmissionChain(VirtualCluster cluster)
    {
        this.cluster = cluster;
        webhooks = new WebhookAdmission(this);
        escalation = new EscalationPrevention(cluster.Authorizer);
    }

    public Task MutateAsync(AdmissionAttributes attributes, CancellationToken cancellation)
    {
        NamespaceAdmission.Check(cluster, attributes);
        return webhooks.MutateAsync(attributes, cancellation);
    }

    public Task ValidateAsync(AdmissionAttributes attributes, CancellationToken cancellation)
    {
        if (attributes.Object is { } obj)
            escalation.Check(attributes.User, attributes.Request, obj, attributes.OldObject);
        return webhooks.ValidateAsync(attributes, cancellation);
    }

    long IWebhookSource.Version(WebhookKind kind) => Configurations(kind).LastChange;

    IReadOnlyCollection<JsonObject> IWebhookSource.Configurations(WebhookKind kind) =>
        [.. Configurations(kind).List(null, null, 0, null, null).Items.Select(item => item.Parse())];

    JsonObject? IWebhookSource.Namespace(string name) => Find("namespaces", "", name);

    JsonObject? IWebhookSource.Service(string ns, string name) => Find("services", ns, name);

    JsonObject? IWebhookSource.Endpoints(string ns, string name) => Find("endpoints", ns, name);

    IReadOnlyCollection<JsonObject> IWebhookSource.EndpointSlices(string ns) =>
        [.. cluster.Store.Resource("endpointslices.discovery.k8s.io").List(ns, null, 0, null, null).Items.Select(item => item.Parse())];

    private ResourceStore Configurations(WebhookKind kind) => cluster.Store.Resource(kind == WebhookKind.Mutating
        ? "mutatingwebhookconfigurations.admissionregistration.k8s.io"
        : "validatingwebhookconfigurations.admissionregistration.k8s.io");

    private JsonObject? Find(string resource, string ns, string name) => cluster.Store.Resource(resource).Get(new ObjectKey(ns, name))?.Parse();
}
