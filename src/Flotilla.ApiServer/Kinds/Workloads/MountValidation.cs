using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Where containers mount volumes and devices.</summary>
internal static class MountValidation
{
    public static void Mounts(FieldProblems problems, FieldPath path, JsonNode? container, PodScope scope)
    {
        var list = path["volumeMounts"];
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, mount) in container.Each("volumeMounts", path))
        {
            var (name, mountPath, subPath) = (mount.Text("name"), mount.Text("mountPath"), mount.Text("subPath"));
            if (name.Length == 0)
                problems.Required(at["name"]);
            if (!scope.Volumes.ContainsKey(name))
                problems.NotFound(at["name"], name);
            if (mountPath.Length == 0)
                problems.Required(at["mountPath"]);
            if (!taken.Add(mountPath))
                problems.Invalid(at["mountPath"], mountPath, "must be unique");
            foreach (var device in container.Array("volumeDevices") ?? [])
            {
                if (device.Text("name") == name)
                    problems.Invalid(at["name"], name, "must not already exist in volumeDevices");
                if (device.Text("devicePath") == mountPath)
                    problems.Invalid(at["mountPath"], mountPath, "must not already exist as a path in volumeDevices");
            }
            if (subPath.Length > 0)
                VolumePaths.Descending(problems, list["subPath"], subPath);
            if (mount.Text("subPathExpr") is { Length: > 0 } expression)
            {
                if (subPath.Length > 0)
                    problems.Invalid(at["subPathExpr"], expression, "subPathExpr and subPath are mutually exclusive");
                VolumePaths.Descending(problems, list["subPathExpr"], expression);
            }
            Propagation(problems, list["mountPropagation"], mount, container);
            RecursiveReadOnly(problems, list["recursiveReadOnly"], mount);
        }
    }

    public static void Devices(FieldProblems problems, FieldPath path, JsonNode? container, PodScope scope)
    {
        var (names, paths) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var (at, device) in container.Each("volumeDevices", path))
        {
            var (name, devicePath) = (device.Text("name"), device.Text("devicePath"));
            if (name.Length == 0)
                problems.Required(at["name"]);
            else if (!names.Add(name))
                problems.Invalid(at["name"], name, "must be unique");
            if (!scope.Volumes.TryGetValue(name, out var volume))
                problems.NotFound(at["name"], name);
            else if (!volume.Has("persistentVolumeClaim") && !volume.Has("ephemeral"))
                problems.Invalid(at["name"], name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
            if (devicePath.Length == 0)
                problems.Required(at["devicePath"]);
            else if (devicePath.Split('/').Contains(".."))
                problems.Invalid(at["devicePath"], devicePath, "can not contain backsteps ('..')");
            else if (!paths.Add(devicePath))
                problems.Invalid(at["devicePath"], devicePath, "must be unique");
            foreach (var mount in container.Array("volumeMounts") ?? [])
            {
                if (mount.Text("name") == name)
                    problems.Invalid(at["name"], name, "must not already exist in volumeMounts");
                if (mount.Text("mountPath") == devicePath)
                    problems.Invalid(at["devicePath"], devicePath, "must not already exist as a path in volumeMounts");
            }
        }
    }

    private static void Propagation(FieldProblems problems, FieldPath path, JsonNode? mount, JsonNode? container)
    {
        if (!mount.Has("mountPropagation"))
            return;
        var propagation = mount.Text("mountPropagation");
        problems.OneOf(path, propagation, "Bidirectional", "HostToContainer", "None");
        if (propagation == "Bidirectional" && !container.Object("securityContext").IsTrue("privileged"))
            problems.Forbidden(path, "Bidirectional mount propagation is available only to privileged containers");
    }

    private static void RecursiveReadOnly(FieldProblems problems, FieldPath path, JsonNode? mount)
    {
        if (!mount.Has("recursiveReadOnly"))
            return;
        var mode = mount.Text("recursiveReadOnly");
        problems.OneOf(path, mode, "Disabled", "Enabled", "IfPossible");
        if (mode is not ("Enabled" or "IfPossible"))
            return;
        if (!mount.IsTrue("readOnly"))
            problems.Forbidden(path, "may only be specified when readOnly is true");
        if (mount.Has("mountPropagation") && mount.Text("mountPropagation") != "None")
            problems.Forbidden(path, "may only be specified when mountPropagation is None or not specified");
    }
}
