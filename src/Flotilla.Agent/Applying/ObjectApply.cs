using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Releases;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Agent.Applying;

/// <summary>Applies one object.</summary>
internal static class ObjectApply
{
    /// <param name="force">Whether fields of others may be taken; not when nobody knows whose the object is.</param>
    /// <param name="exists">Whether the object is there, as far as is known.</param>
    public static async Task<ApplyResult> RunAsync(
        KubernetesClient cluster, ResourceReference resource, LoadedRelease release, WantedObject wanted, bool force, bool exists, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> line;
        try
        {
            line = await wanted.Blob.LineAsync(release, wanted.Source, cancellation);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return new ApplyResult(new ObjectFailure(FailureKind.Transient, Reasons.ContentMissing, e.Message));
        }
        try
        {
            if (wanted.IsSealed || (exists && !wanted.Ignored.IsEmpty))
            {
                var (body, failure) = await BodyAsync(cluster, resource, release, wanted, line, exists, cancellation);
                if (failure is not null)
                    return new ApplyResult(failure);
                line = body;
            }
            // Only metadata comes back: what the server made of the rest comes with the watch.
            var outcome = await cluster.ApplyAsync(
                resource, wanted.Id.Namespace, wanted.Id.Name, line,
                new ApplyOptions { FieldManager = ReleaseLabels.FieldManager, Force = force, MetadataOnly = true }, cancellation);
            var metadata = outcome.Object.Object("metadata");
            return new ApplyResult(null, metadata.String("resourceVersion") ?? "", metadata.String("uid") ?? "", outcome.Created);
        }
        catch (Exception e) when (e is ApiStatusException or HttpRequestException or IOException)
        {
            return new ApplyResult(ObjectFailure.Of(e, wanted.Id));
        }
    }

    private static async Task<(ReadOnlyMemory<byte> Body, ObjectFailure? Failure)> BodyAsync(
        KubernetesClient cluster, ResourceReference resource, LoadedRelease release, WantedObject wanted, ReadOnlyMemory<byte> line, bool exists, CancellationToken cancellation)
    {
        var body = (JsonObject)JsonText.Parse(line.Span)!;
        if (wanted.IsSealed && SealedSecret.Fill(body, release.SealedValues) is { } missing)
        {
            return (default, new ObjectFailure(
                FailureKind.Stalled, Reasons.SealedValueMissing, $"the sealed value {missing} has not come with the desired state; open its Secret to this site"));
        }
        if (exists && !wanted.Ignored.IsEmpty && await cluster.GetAsync(resource, wanted.Id.Namespace, wanted.Id.Name, cancellation) is { } live)
            IgnoredFieldsBody.Settle(body, live, wanted.Ignored, ReleaseLabels.FieldManager);
        return (JsonText.ToUtf8(body), null);
    }
}
