using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Sources that Pods' volumes and PersistentVolumes have in common.</summary>
internal static partial class VolumeSourceValidation
{
    private const long FileModeLimit = 0b111_111_111;

    /// <summary>Fields that a source must have.</summary>
    private static readonly Dictionary<string, string[]> RequiredFields = new()
    {
        ["gitRepo"] = ["repository"],
        ["gcePersistentDisk"] = ["pdName"],
        ["awsElasticBlockStore"] = ["volumeID"],
        ["secret"] = ["secretName"],
        ["nfs"] = ["server", "path"],
        ["iscsi"] = ["targetPortal", "iqn"],
        ["glusterfs"] = ["endpoints", "path"],
        ["persistentVolumeClaim"] = ["claimName"],
        ["rbd"] = ["monitors", "image"],
        ["cinder"] = ["volumeID"],
        ["cephfs"] = ["monitors"],
        ["quobyte"] = ["registry", "volume"],
        ["flexVolume"] = ["driver"],
        ["configMap"] = ["name"],
        ["azureFile"] = ["secretName", "shareName"],
        ["azureDisk"] = ["diskName", "diskURI"],
        ["vsphereVolume"] = ["volumePath"],
        ["photonPersistentDisk"] = ["pdID"],
        ["portworxVolume"] = ["volumeID"],
        ["storageos"] = ["volumeName"],
        ["scaleIO"] = ["gateway", "system", "volumeName"],
        ["hostPath"] = ["path"],
        ["local"] = ["path"],
    };

    /// <summary>Problems of a source, by the name of its field.</summary>
    public static void Check(FieldProblems problems, FieldPath path, string kind, JsonObject source)
    {
        foreach (var field in RequiredFields.GetValueOrDefault(kind, []))
        {
            if (source.Member(field) is not (JsonArray { Count: > 0 } or JsonValue) || source.Member(field).AsStringOrNull() is { Length: 0 })
                problems.Required(path[field]);
        }
        switch (kind)
        {
            case "hostPath" when source.Text("path").Length > 0:
                VolumePaths.NoBacksteps(problems, path["path"], source.Text("path"));
                if (source.Has("type"))
                    problems.OneOf(path["type"], source.Text("type"), "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket");
                break;
            case "local":
                VolumePaths.NoBacksteps(problems, path["path"], source.Text("path"));
                break;
            case "gitRepo":
                VolumePaths.Descending(problems, path["directory"], source.Text("directory"));
                break;
            case "gcePersistentDisk" or "awsElasticBlockStore":
                if (source.Number("partition") is (< 0 or > 255) and var partition)
                    problems.Invalid(path["partition"], partition, "must be between 1 and 255, inclusive");
                break;
            case "nfs" when !source.Text("path").StartsWith('/'):
                problems.Invalid(path["path"], source.Text("path"), "must be an absolute path");
                break;
            case "secret" or "configMap":
                Mode(problems, path["defaultMode"], source.Member("defaultMode"));
                foreach (var (at, item) in source.Each("items", path))
                    KeyToPath(problems, at, item);
                break;
            case "iscsi":
                Iscsi(problems, path, source);
                break;
            case "fc":
                FibreChannel(problems, path, source);
                break;
            case "flocker":
                Flocker(problems, path, source);
                break;
            case "flexVolume":
                foreach (var (key, _) in source.Object("options") ?? [])
                {
                    var prefix = "." + key.Split('/')[0].ToLowerInvariant();
                    if (prefix.EndsWith(".kubernetes.io", StringComparison.Ordinal) || prefix.EndsWith(".k8s.io", StringComparison.Ordinal))
                        problems.Invalid(path["options"].Key(key), key, "kubernetes.io and k8s.io namespaces are reserved");
                }
                break;
            case "azureDisk":
                AzureDisk(problems, path, source);
                break;
        }
    }

    public static void Mode(FieldProblems problems, FieldPath path, JsonNode? mode)
    {
        if (mode.AsInt64OrNull() is < 0 or > FileModeLimit)
            problems.Invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive");
    }

    public static void KeyToPath(FieldProblems problems, FieldPath path, JsonNode? item)
    {
        if (item.Text("key").Length == 0)
            problems.Required(path["key"]);
        if (item.Text("path").Length == 0)
            problems.Required(path["path"]);
        VolumePaths.NotReserved(problems, path["path"], item.Text("path"));
        Mode(problems, path["mode"], item.Member("mode"));
    }

    public static void DriverName(FieldProblems problems, FieldPath path, string name)
    {
        if (name.Length == 0)
            problems.Required(path);
        if (name.Length > 63)
            problems.TooLong(path, 63);
        problems.Invalid(path, name, Names.DnsSubdomainProblems(name.ToLowerInvariant()));
    }

    private static void Iscsi(FieldProblems problems, FieldPath path, JsonObject source)
    {
        if (source.Text("iqn") is { Length: > 0 } target && !InitiatorName().IsMatch(target))
            problems.Invalid(path["iqn"], target, "must be valid format");
        problems.InRange(path["lun"], source.Member("lun"), 0, 255);
        if ((source.IsTrue("chapAuthDiscovery") || source.IsTrue("chapAuthSession")) && !source.Has("secretRef"))
            problems.Required(path["secretRef"]);
        if (source.Has("initiatorName") && !InitiatorName().IsMatch(source.Text("initiatorName")))
            problems.Invalid(path["initiatorname"], source.Text("initiatorName"), "must be valid format");
    }

    private static void FibreChannel(FieldProblems problems, FieldPath path, JsonObject source)
    {
        var (targets, ids) = (source.Length("targetWWNs"), source.Length("wwids"));
        if (targets == 0 && ids == 0)
            problems.Required(path["targetWWNs"], "must specify either targetWWNs or wwids, but not both");
        if (targets > 0 && ids > 0)
            problems.Invalid(path["targetWWNs"], source.Member("targetWWNs"), "targetWWNs and wwids can not be specified simultaneously");
        if (targets > 0 && !source.Has("lun"))
            problems.Required(path["lun"], "lun is required if targetWWNs is specified");
        else if (targets > 0)
            problems.InRange(path["lun"], source.Member("lun"), 0, 255);
    }

    private static void Flocker(FieldProblems problems, FieldPath path, JsonObject source)
    {
        var (name, id) = (source.Text("datasetName"), source.Text("datasetUUID"));
        if (name.Length == 0 && id.Length == 0)
            problems.Required(path, "one of datasetName and datasetUUID is required");
        if (name.Length > 0 && id.Length > 0)
            problems.Invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously");
        if (name.Contains('/', StringComparison.Ordinal))
            problems.Invalid(path["datasetName"], name, "must not contain '/'");
    }

    private static void AzureDisk(FieldProblems problems, FieldPath path, JsonObject source)
    {
        problems.OneOf(path["cachingMode"], source.Text("cachingMode"), "None", "ReadOnly", "ReadWrite");
        problems.OneOf(path["kind"], source.Text("kind"), "Dedicated", "Managed", "Shared");
        var (kind, uri) = (source.Text("kind"), source.Text("diskURI"));
        if (kind == "Managed" && !uri.StartsWith("/subscriptions/", StringComparison.Ordinal))
            problems.NotSupported(path["diskURI"], uri, ["/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"]);
        if (kind != "Managed" && !uri.StartsWith("https://", StringComparison.Ordinal))
            problems.NotSupported(path["diskURI"], uri, ["https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"]);
    }

    [GeneratedRegex(@"^(iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)|eui.[A-Za-z0-9]{16}|naa.[A-Za-z0-9]{32})\z")]
    private static partial Regex InitiatorName();
}
