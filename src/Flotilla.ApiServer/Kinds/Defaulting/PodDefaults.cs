using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Defaulting;

/// <summary>Pods and what is in them; most of it also holds for the templates of workloads.</summary>
internal static partial class PodDefaults
{
    public static readonly Dictionary<string, Action<JsonObject>> Rules = new()
    {
        ["api.core.v1.Pod"] = Pod,
        ["api.core.v1.PodSpec"] = PodSpec,
        ["api.core.v1.Container"] = Container,
        ["api.core.v1.EphemeralContainer"] = Container,
        ["api.core.v1.Volume"] = Volume,
        ["api.core.v1.Probe"] = probe =>
        {
            probe.SetMissing("timeoutSeconds", 1);
            probe.SetMissing("periodSeconds", 10);
            probe.SetMissing("successThreshold", 1);
            probe.SetMissing("failureThreshold", 3);
        },
        ["api.core.v1.HTTPGetAction"] = action =>
        {
            action.SetMissing("path", "/");
            action.SetMissing("scheme", "HTTP");
        },
        ["api.core.v1.GRPCAction"] = action => action.SetMissing("service", ""),
        ["api.core.v1.ObjectFieldSelector"] = selector => selector.SetMissing("apiVersion", "v1"),
        ["api.core.v1.SecretVolumeSource"] = FileMode,
        ["api.core.v1.ConfigMapVolumeSource"] = FileMode,
        ["api.core.v1.DownwardAPIVolumeSource"] = FileMode,
        ["api.core.v1.ProjectedVolumeSource"] = FileMode,
        ["api.core.v1.HostPathVolumeSource"] = source => source.SetMissing("type", ""),
        ["api.core.v1.ServiceAccountTokenProjection"] = projection => projection.SetMissing("expirationSeconds", 3600),
    };

    private static void Pod(JsonObject pod)
    {
        var spec = pod.ObjectOrNew("spec");
        foreach (var container in Containers(spec))
            RequestsFromLimits(container.Object("resources"));
        spec.SetMissing("enableServiceLinks", true);
        if (spec.Member("hostNetwork").AsBoolOrNull() == true)
        {
            foreach (var port in Containers(spec).SelectMany(container => (container.Array("ports") ?? []).OfType<JsonObject>()))
                port.SetMissing("hostPort", port.Member("containerPort").AsInt64OrNull() ?? 0);
        }
        RequestsFromLimits(spec.Object("resources"));
    }

    private static void PodSpec(JsonObject spec)
    {
        spec.SetMissing("dnsPolicy", "ClusterFirst");
        spec.SetMissing("restartPolicy", "Always");
        spec.SetMissing("securityContext", () => new JsonObject());
        spec.SetMissing("terminationGracePeriodSeconds", 30);
        spec.SetMissing("schedulerName", "default-scheduler");
        MirrorServiceAccount(spec);
    }

    /// <summary><c>serviceAccount</c> is the old name of <c>serviceAccountName</c>; what is set in one is shown in both.</summary>
    private static void MirrorServiceAccount(JsonObject spec)
    {
        var name = spec.String("serviceAccountName") ?? spec.String("serviceAccount");
        if (name is null)
            return;
        spec["serviceAccountName"] = name;
        spec["serviceAccount"] = name;
    }

    private static void Container(JsonObject container)
    {
        container.SetMissing("imagePullPolicy", PullPolicy(container.String("image") ?? ""));
        container.SetMissing("terminationMessagePath", "/dev/termination-log");
        container.SetMissing("terminationMessagePolicy", "File");
    }

    private static void Volume(JsonObject volume)
    {
        if (volume.Count(member => member.Key != "name") == 0)
            volume["emptyDir"] = new JsonObject();
        if (volume.Object("image") is { } image)
            image.SetMissing("pullPolicy", PullPolicy(image.String("reference") ?? ""));
    }

    private static void FileMode(JsonObject source) => source.SetMissing("defaultMode", 0b110_100_100);

    private static IEnumerable<JsonObject> Containers(JsonObject spec) =>
        (spec.Array("containers") ?? []).Concat(spec.Array("initContainers") ?? []).OfType<JsonObject>();

    private static void RequestsFromLimits(JsonObject? resources)
    {
        foreach (var (name, value) in resources.Object("limits") ?? [])
            resources!.ObjectOrNew("requests").SetMissing(name, value!.DeepClone);
    }

    /// <summary>Always for <c>latest</c>, which is also meant when there is neither tag nor digest.</summary>
    private static string PullPolicy(string image)
    {
        var match = ImageReference().Match(image);
        var (tag, digest) = (match.Groups["tag"], match.Groups["digest"]);
        return match.Success && (tag.ValueSpan is "latest" || (!tag.Success && !digest.Success)) ? "Always" : "IfNotPresent";
    }

    // The grammar of image references (distribution/reference), with the registry left out as Docker does.
    [GeneratedRegex(
        @"^(?:(?=[^/]*[.:A-Z]|localhost/)[a-zA-Z0-9.\-\[\]:]+/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::(?<tag>\w[\w.\-]{0,127}))?(?<digest>@[A-Za-z][A-Za-z0-9+.\-_]*:[0-9a-fA-F]{32,})?\z")]
    private static partial Regex ImageReference();
}
