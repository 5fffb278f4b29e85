using Flotilla.Api;
using Flotilla.Api.Components;
using Flotilla.Content;
using Flotilla.Core;
using Flotilla.Core.Components;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Components;

/// <summary>Has the sources of components fetched, and tells how that goes.</summary>
internal sealed class ComponentReconciler(
    Func<ObjectKey, Component?> declared, IContentStore content, SourceFetcher fetcher, StatusWriter status, TimeProvider time)
{
    public async Task<NextLook> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (declared(key) is not { } component)
            return new NextLook.OnChange();
        var sources = new List<SourceState>();
        foreach (var version in component.Spec.Versions)
        {
            foreach (var text in SourceDigests.Of(version.Source))
            {
                if (!Digest.TryParse(text, out var digest))
                {
                    sources.Add(new SourceState(version.Version, false, $"\"{text}\" is no SHA-256 digest"));
                    continue;
                }
                var isHere = await content.ContainsAsync(digest, cancellation);
                if (!isHere && version.Source.Http is { } http)
                    fetcher.Want(digest, http.Url);
                sources.Add(new SourceState(version.Version, isHere, isHere ? null : fetcher.TroubleOf(digest)));
            }
        }
        var said = ComponentDecision.Decide(component, sources, time.GetUtcNow());
        if (!ReferenceEquals(said, component.Status))
            await status.WriteAsync(HubResources.Components, key, said, ApiJson.Default.ComponentStatus, cancellation);
        // Uploads go into the store past this hub's eyes.
        return sources.Any(s => !s.IsHere) ? new NextLook.After(TimeSpan.FromSeconds(15), "content may be uploaded") : new NextLook.OnChange();
    }
}
