using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Volumes made of several sources, and files with fields of the Pod.</summary>
internal static class ProjectionValidation
{
    private const string Conflict = "conflicting duplicate paths";

    private static readonly string[] KeyTypes = ["RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"];

    public static void Check(FieldProblems problems, FieldPath path, JsonObject projection)
    {
        VolumeSourceValidation.Mode(problems, path["defaultMode"], projection.Member("defaultMode"));
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, source) in projection.Each("sources", path))
        {
            var found = 0;
            foreach (var kind in (ReadOnlySpan<string>)["secret", "configMap"])
            {
                if (source.Object(kind) is { } keys && ++found > 0)
                    Keys(problems, path, at[kind], keys, paths);
            }
            foreach (var file in source.Object("downwardAPI").Array("items") ?? [])
            {
                DownwardFile(problems, at["downwardAPI"], file);
                Claim(problems, path, paths, file.Text("path"), file.Text("path"));
            }
            found += source.Has("downwardAPI") ? 1 : 0;
            if (source.Object("serviceAccountToken") is { } token && ++found > 0)
                Token(problems, path, at["serviceAccountToken"], token);
            if (source.Object("clusterTrustBundle") is { } bundle && ++found > 0)
                TrustBundle(problems, path, at["clusterTrustBundle"], bundle, paths);
            if (source.Object("podCertificate") is { } certificate && ++found > 0)
                PodCertificate(problems, path, at["podCertificate"], certificate, paths);
            if (found > 1)
                problems.Forbidden(at, "may not specify more than 1 volume type per source");
        }
    }

    public static void DownwardFile(FieldProblems problems, FieldPath path, JsonNode? file)
    {
        if (file.Text("path").Length == 0)
            problems.Required(path["path"]);
        VolumePaths.NotReserved(problems, path["path"], file.Text("path"));
        if (file.Object("fieldRef") is { } field)
        {
            EnvironmentValidation.PodField(problems, path["fieldRef"], field, inVolume: true);
            if (file.Has("resourceFieldRef"))
                problems.Invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
        }
        else if (file.Object("resourceFieldRef") is { } resource)
        {
            EnvironmentValidation.ResourceField(problems, path["resourceFieldRef"], resource, inVolume: true);
        }
        else
        {
            problems.Required(path, "one of fieldRef and resourceFieldRef is required");
        }
        VolumeSourceValidation.Mode(problems, path["mode"], file.Member("mode"));
    }

    private static void Keys(FieldProblems problems, FieldPath whole, FieldPath path, JsonObject source, HashSet<string> paths)
    {
        if (source.Text("name").Length == 0)
            problems.Required(path["name"]);
        foreach (var (at, item) in source.Each("items", path))
        {
            VolumeSourceValidation.KeyToPath(problems, at, item);
            Claim(problems, whole, paths, item.Text("path"), source.Text("name"));
        }
    }

    private static void Token(FieldProblems problems, FieldPath whole, FieldPath path, JsonObject token)
    {
        var seconds = token.Number("expirationSeconds");
        if (seconds < 600)
            problems.Invalid(path["expirationSeconds"], seconds, "may not specify a duration less than 10 minutes");
        if (seconds > 1L << 32)
            problems.Invalid(path["expirationSeconds"], seconds, "may not specify a duration larger than 2^32 seconds");
        if (token.Text("path") is { Length: > 0 } file)
            VolumePaths.NotReserved(problems, whole["path"], file);
        else
            problems.Required(whole["path"]);
    }

    private static void TrustBundle(FieldProblems problems, FieldPath whole, FieldPath path, JsonObject bundle, HashSet<string> paths)
    {
        var (byName, bySigner) = (bundle.Has("name"), bundle.Has("signerName"));
        if (byName && bySigner)
            problems.Invalid(path, bundle, "only one of name and signerName may be used");
        else if (byName)
        {
            if (bundle.Text("name").Length == 0)
                problems.Required(path["name"], "must be a valid object name");
            if (bundle.Has("labelSelector"))
                problems.Invalid(path["labelSelector"], bundle.Member("labelSelector"), "labelSelector must be unset if name is specified");
        }
        else if (bySigner)
        {
            if (bundle.Text("signerName").Length == 0)
                problems.Required(path["signerName"], "must be a valid signer name");
            LabelRules.Selector(problems, path["labelSelector"], bundle.Object("labelSelector"));
        }
        else
        {
            problems.Required(path, "either name or signerName must be specified");
        }
        if (bundle.Text("path").Length == 0)
            problems.Required(path["path"]);
        VolumePaths.NotReserved(problems, path["path"], bundle.Text("path"));
        if (!paths.Add(bundle.Text("path")))
            problems.Invalid(whole, bundle.Text("path"), Conflict);
    }

    private static void PodCertificate(FieldProblems problems, FieldPath whole, FieldPath path, JsonObject certificate, HashSet<string> paths)
    {
        problems.OneOf(path["keyType"], certificate.Text("keyType"), KeyTypes);
        if (certificate.Member("maxExpirationSeconds").AsInt64OrNull() < 3600)
            problems.Invalid(path["maxExpirationSeconds"], certificate.Member("maxExpirationSeconds"), "if provided, maxExpirationSeconds must be >= 3600");
        var found = 0;
        foreach (var field in (ReadOnlySpan<string>)["credentialBundlePath", "keyPath", "certificateChainPath"])
        {
            if (certificate.Text(field) is not { Length: > 0 } file)
                continue;
            found++;
            VolumePaths.NotReserved(problems, path[field], file);
            Claim(problems, whole, paths, file, file);
        }
        if (found == 0)
            problems.Required(path, "specify at least one of credentialBundlePath, keyPath, and certificateChainPath");
    }

    private static void Claim(FieldProblems problems, FieldPath whole, HashSet<string> paths, string path, string shown)
    {
        if (path.Length > 0 && !paths.Add(path))
            problems.Invalid(whole, shown, Conflict);
    }
}
