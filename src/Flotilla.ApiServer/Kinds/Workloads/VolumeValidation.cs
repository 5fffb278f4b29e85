using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Storage;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>The volumes of a Pod.</summary>
internal static class VolumeValidation
{
    /// <summary>In the order in which kube-apiserver looks: of two sources the later one is refused.</summary>
    private static readonly string[] Sources =
    [
        "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi", "glusterfs", "flocker",
        "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte", "downwardAPI", "fc", "flexVolume", "configMap", "azureFile", "vsphereVolume",
        "photonPersistentDisk", "portworxVolume", "azureDisk", "storageos", "projected", "scaleIO", "csi", "ephemeral", "image",
    ];

    public static void Check(FieldProblems problems, FieldPath path, JsonObject spec, PodScope scope)
    {
        var claims = new HashSet<string>(StringComparer.Ordinal);
        if (scope.PodName.Length > 0)
            claims.UnionWith((spec.Array("volumes") ?? []).Where(volume => volume.Has("ephemeral")).Select(volume => $"{scope.PodName}-{volume.Text("name")}"));

        foreach (var (at, volume) in spec.Each("volumes", path))
        {
            var before = problems.Count;
            Source(problems, at, volume, scope);
            var name = volume.Text("name");
            if (name.Length == 0)
                problems.Required(at["name"]);
            else
                problems.Invalid(at["name"], name, Names.DnsLabelProblems(name));
            if (scope.Volumes.ContainsKey(name))
                problems.Duplicate(at["name"], name);
            if (problems.Count == before)
                scope.Volumes[name] = volume!;
            if (volume.Object("persistentVolumeClaim").Text("claimName") is { Length: > 0 } claim && claims.Contains(claim))
                problems.Invalid(at["persistentVolumeClaim"]["claimName"], claim, "must not reference a PVC that gets created for an ephemeral volume");
        }
    }

    private static void Source(FieldProblems problems, FieldPath path, JsonNode? volume, PodScope scope)
    {
        var found = 0;
        foreach (var kind in Sources)
        {
            if (volume.Object(kind) is not { } source)
                continue;
            if (found++ > 0)
            {
                problems.Forbidden(path[kind switch { "cephfs" => "cephFS", "downwardAPI" => "downwarAPI", _ => kind }], "may not specify more than 1 volume type");
                continue;
            }
            var at = path[kind == "gcePersistentDisk" ? "persistentDisk" : kind];
            switch (kind)
            {
                case "emptyDir":
                    if (source.Member("sizeLimit").Amount().IsNegative)
                        problems.Forbidden(at["sizeLimit"], "SizeLimit field must be a valid resource quantity");
                    break;
                case "downwardAPI":
                    VolumeSourceValidation.Mode(problems, at["defaultMode"], source.Member("defaultMode"));
                    foreach (var file in source.Array("items") ?? [])
                        ProjectionValidation.DownwardFile(problems, at, file);
                    break;
                case "projected":
                    ProjectionValidation.Check(problems, at, source);
                    break;
                case "csi":
                    Csi(problems, at, source);
                    break;
                case "ephemeral":
                    Ephemeral(problems, path, volume, source, scope);
                    break;
                case "image":
                    if (scope.IsPod && source.Text("reference").Length == 0)
                        problems.Required(at["reference"]);
                    problems.RequiredOneOf(at["pullPolicy"], source.Text("pullPolicy"), "Always", "IfNotPresent", "Never");
                    break;
                default:
                    VolumeSourceValidation.Check(problems, at, kind, source);
                    break;
            }
        }
        if (found == 0)
            problems.Required(path, "must specify a volume type");
    }

    private static void Csi(FieldProblems problems, FieldPath path, JsonObject source)
    {
        VolumeSourceValidation.DriverName(problems, path["driver"], source.Text("driver"));
        if (source.Object("nodePublishSecretRef") is not { } secret)
            return;
        if (secret.Text("name") is { Length: > 0 } name)
            problems.Invalid(path["name"], name, Names.DnsSubdomainProblems(name));
        else
            problems.Required(path["nodePublishSecretRef"]["name"]);
    }

    private static void Ephemeral(FieldProblems problems, FieldPath path, JsonNode? volume, JsonObject source, PodScope scope)
    {
        var at = path["ephemeral"]["volumeClaimTemplate"];
        if (source.Object("volumeClaimTemplate") is { } template)
        {
            var metadata = template.Object("metadata");
            LabelRules.Annotations(problems, at["metadata"]["annotations"], metadata.Object("annotations"));
            LabelRules.Labels(problems, at["metadata"]["labels"], metadata.Object("labels"));
            foreach (var (field, _) in metadata ?? [])
            {
                if (field is not ("annotations" or "labels"))
                    problems.Forbidden(at["metadata"][field], "cannot be set");
            }
            ClaimValidation.Spec(problems, at["spec"], template.Object("spec") ?? []);
        }
        else
        {
            problems.Required(at);
        }
        if (scope.PodName.Length == 0 || volume.Text("name") is not { Length: > 0 } name)
            return;
        var claim = $"{scope.PodName}-{name}";
        foreach (var problem in Names.DnsSubdomainProblems(claim))
            problems.Invalid(path["name"], name, $"PVC name \"{claim}\": {problem}");
    }
}
