using System.Text.Json.Nodes;
using Flotilla.Api.Sites;
using Flotilla.Core;
using Flotilla.Core.Sites;
using Flotilla.Hub.Hosting;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Hub.Sites;

/// <summary>Puts the finalizer on sites; and when one is deleted, has the ledger forget it before the finalizer comes off.</summary>
internal sealed class SiteFinalizer(KubernetesClient api, ILedger ledger)
{
    private static readonly PatchOptions Options = new() { FieldManager = HubResources.FieldManager };
    private static readonly NextLook Changed = new NextLook.After(TimeSpan.FromSeconds(1), "the object changed meanwhile");

    public async Task<NextLook> ActAsync(SiteName name, Site seen, SiteAction action, CancellationToken cancellation)
    {
        try
        {
            if (action is SiteAction.Hold)
                await HoldAsync(name, seen, cancellation);
            else
                await ForgetAsync(name, seen, cancellation);
            return new NextLook.OnChange();
        }
        catch (ApiStatusException e) when (e.Status.Code == 404)
        {
            return new NextLook.OnChange();
        }
        catch (ApiStatusException e) when (e.Status.Code == 409)
        {
            return Changed;
        }
    }

    private Task HoldAsync(SiteName name, Site seen, CancellationToken cancellation) =>
        PatchAsync(name, [.. seen.Metadata.Finalizers, SiteRemoval.Finalizer], seen.Metadata.ResourceVersion, cancellation);

    private async Task ForgetAsync(SiteName name, Site seen, CancellationToken cancellation)
    {
        // What was seen may be past: another site of the name may have enrolled since, and must not be forgotten in place of this one.
        var meta = (await api.GetAsync(HubResources.Sites, name.Namespace, name.Name, cancellation)).Object("metadata");
        var finalizers = (meta.Array("finalizers") ?? []).Select(f => f.AsStringOrNull() ?? "").ToList();
        if (meta.String("uid") != seen.Metadata.Uid || !finalizers.Remove(SiteRemoval.Finalizer))
            return;
        await ledger.RemoveAsync(name, cancellation);
        await PatchAsync(name, finalizers, meta.String("resourceVersion"), cancellation);
    }

    private Task PatchAsync(SiteName name, IReadOnlyList<string> finalizers, string? version, CancellationToken cancellation)
    {
        // The version keeps what somebody else did to the list in the meantime.
        var meta = new JsonObject { ["resourceVersion"] = version, ["finalizers"] = new JsonArray([.. finalizers.Select(f => (JsonNode)f)]) };
        return api.PatchAsync(HubResources.Sites, name.Namespace, name.Name, PatchKind.Merge, new JsonObject { ["metadata"] = meta }, Options, cancellation);
    }
}
