using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Files of one volume that lie in each other's way, as <c>a</c> and <c>a/b</c>.</summary>
internal static class VolumeOverlaps
{
    public static IEnumerable<string> Warnings(JsonObject spec)
    {
        foreach (var volume in spec.Array("volumes") ?? [])
        {
            var name = volume.Text("name");
            if (volume.Object("configMap") is { } map)
            {
                foreach (var overlap in Overlaps(Items(map, "")))
                    yield return $"volume \"{name}\" (ConfigMap \"{map.Text("name")}\"): overlapping paths: {overlap}";
            }
            if (volume.Object("secret") is { } secret)
            {
                foreach (var overlap in Overlaps(Items(secret, "")))
                    yield return $"volume \"{name}\" (Secret \"{secret.Text("secretName")}\"): overlapping paths: {overlap}";
            }
            foreach (var overlap in Overlaps(Items(volume.Object("downwardAPI"), "")))
                yield return $"volume \"{name}\" (DownwardAPI): overlapping paths: {overlap}";
            if (volume.Object("projected") is not { } projected)
                continue;
            foreach (var source in (projected.Array("sources") ?? []).OfType<JsonObject>().Where(source => source.Count == 0))
                yield return $"volume \"{name}\" (Projected) has no sources provided";
            foreach (var overlap in Overlaps((projected.Array("sources") ?? []).SelectMany(Projected)))
                yield return $"volume \"{name}\" (Projected): overlapping paths: {overlap}";
        }
    }

    private static IEnumerable<(string Path, string Source)> Projected(JsonNode? source)
    {
        if (source.Object("configMap") is { } map)
            return Items(map, $" (ConfigMap \"{map.Text("name")}\")");
        if (source.Object("secret") is { } secret)
            return Items(secret, $" (Secret \"{secret.Text("name")}\")");
        if (source.Object("downwardAPI") is { } fields)
            return Items(fields, " (DownwardAPI)");
        if (source.Object("serviceAccountToken") is { } token)
            return [(token.Text("path"), " (ServiceAccountToken)")];
        if (source.Object("clusterTrustBundle") is { } bundle)
            return [(bundle.Text("path"), $" (ClusterTrustBundle \"{(bundle.Has("name") ? bundle.Text("name") : bundle.Text("signerName"))}\")")];
        return source.Object("podCertificate") is { } certificate
            ?
            [
                (certificate.Text("certificateChainPath"), " (PodCertificate chain)"), (certificate.Text("keyPath"), " (PodCertificate key)"),
                (certificate.Text("credentialBundlePath"), " (PodCertificate credential bundle)"),
            ]
            : [];
    }

    private static IEnumerable<(string Path, string Source)> Items(JsonObject? source, string shown) =>
        (source.Array("items") ?? []).Select(item => (item.Text("path"), shown));

    private static IEnumerable<string> Overlaps(IEnumerable<(string Path, string Source)> paths)
    {
        var known = new List<(string Path, string Source)>();
        foreach (var (raw, source) in paths)
        {
            var path = raw.TrimEnd('/');
            if (path.Length == 0)
                continue;
            foreach (var other in known)
            {
                if ((other.Path + "/").StartsWith(path + "/", StringComparison.Ordinal) || (path + "/").StartsWith(other.Path + "/", StringComparison.Ordinal))
                    yield return $"\"{path}\"{source} with \"{other.Path}\"{other.Source}";
            }
            known.Add((path, source));
        }
    }
}
