using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Pods.</summary>
internal sealed class PodKind() : BuiltInKind(KindTraits.Generation | KindTraits.Status)
{
    private static readonly Dictionary<string, Func<JsonObject, string>> Fields = new()
    {
        ["spec.nodeName"] = pod => pod.Object("spec").Text("nodeName"),
        ["spec.restartPolicy"] = pod => pod.Object("spec").Text("restartPolicy"),
        ["spec.schedulerName"] = pod => pod.Object("spec").Text("schedulerName"),
        ["spec.serviceAccountName"] = pod => pod.Object("spec").Text("serviceAccountName"),
        ["spec.hostNetwork"] = pod => pod.Object("spec").IsTrue("hostNetwork") ? "true" : "false",
        ["status.phase"] = pod => pod.Object("status").Text("phase"),
        ["status.podIP"] = pod => pod.Object("status").Text("podIP"),
        ["status.podIPs"] = pod => string.Join(',', (pod.Object("status").Array("podIPs") ?? []).Select(ip => ip.Text("ip"))),
        ["status.nominatedNodeName"] = pod => pod.Object("status").Text("nominatedNodeName"),
        // Old clients send it.
        ["spec.host"] = pod => pod.Object("spec").Text("nodeName"),
    };

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields => Fields;

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    public override string UnknownFieldLabel(string label) => $"field label not supported: {label}";

    /// <summary>A Pod that runs nowhere, or has ended, is not waited for.</summary>
    public override long GracePeriodSeconds(JsonObject obj, long? asked)
    {
        if (SpecOf(obj).Text("nodeName").Length == 0 || StatusOf(obj).Text("phase") is "Failed" or "Succeeded")
            return 0;
        var seconds = asked ?? SpecOf(obj).Number("terminationGracePeriodSeconds");
        return seconds < 0 ? 1 : seconds;
    }

    public override bool MarksBeforeDelete => true;

    public override void PrepareForCreate(JsonObject obj)
    {
        var status = new JsonObject { ["phase"] = "Pending", ["qosClass"] = QualityOfService.Of(SpecOf(obj)) };
        if (SpecOf(obj).Length("schedulingGates") > 0)
        {
            status["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "PodScheduled",
                ["status"] = "False",
                ["lastProbeTime"] = null,
                ["lastTransitionTime"] = null,
                ["reason"] = "SchedulingGated",
                ["message"] = "Scheduling is blocked due to non-empty scheduling gates",
            });
        }
        obj["status"] = status;
    }

    public override void PrepareForStatusUpdate(JsonObject obj, JsonObject old)
    {
        base.PrepareForStatusUpdate(obj, old);
        obj.ObjectOrNew("metadata").CopyFrom(old.Object("metadata"), "ownerReferences");
        var status = obj.ObjectOrNew("status");
        if (status.Text("qosClass").Length == 0)
            status.CopyFrom(old.Object("status"), "qosClass");
        // podIP is the first of podIPs; who knows only the one sets both.
        var first = (status.Array("podIPs") is { Count: > 0 } ips ? ips[0] : null).Text("ip");
        if (status.Text("podIP") is { Length: > 0 } ip && ip != first)
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = ip });
        else if (first.Length > 0)
            status["podIP"] = first;
    }

    public override void PrepareForSubresource(string subresource, JsonObject obj, JsonObject old)
    {
        if (subresource == "ephemeralcontainers")
            PodSubresources.PrepareEphemeralContainers(obj, old);
        else if (subresource == "resize")
            PodSubresources.PrepareResize(obj, old);
    }

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old) =>
        old is null ? PodWarnings.OfName(obj, old, "the Pod's hostname").Concat(PodWarnings.OfPod(obj)) : [];

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        var metadata = obj.Object("metadata");
        PodAnnotations.Check(problems, FieldPath.Metadata["annotations"], metadata.Object("annotations"), spec);
        PodSpecValidation.Check(problems, path, spec, isPod: true, metadata.Text("name"));
        if (spec.Text("serviceAccountName").Length == 0)
        {
            foreach (var (at, volume) in spec.Each("volumes", path))
            {
                foreach (var (sourceAt, source) in volume.Object("projected").Each("sources", at["projected"]))
                {
                    if (source.Has("serviceAccountToken"))
                        problems.Forbidden(sourceAt["serviceAccountToken"], "must not be specified when serviceAccountName is not set");
                }
            }
        }
        foreach (var (at, container) in spec.Each("containers", path).Concat(spec.Each("initContainers", path)))
            ContainerValidation.Padding(problems, at, container);
    }

    protected override void CheckCreate(FieldProblems problems, JsonObject obj)
    {
        var spec = SpecOf(obj);
        if (spec.Length("ephemeralContainers") > 0)
            problems.Forbidden(FieldPath.Spec["ephemeralContainers"], "cannot be set on create");
        if (spec.Text("nodeName").Length > 0 && spec.Length("schedulingGates") > 0)
            problems.Forbidden(FieldPath.Spec["nodeName"], "cannot be set until all schedulingGates have been cleared");
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) => PodUpdateValidation.Check(problems, obj, old);

    protected override void CheckSubresource(FieldProblems problems, string subresource, JsonObject obj, JsonObject old)
    {
        Check(problems, obj);
        PodUpdateValidation.Annotations(problems, obj, old);
        if (subresource == "ephemeralcontainers")
            PodSubresources.CheckEphemeralContainers(problems, SpecOf(obj), SpecOf(old));
        else if (subresource == "resize")
            PodSubresources.CheckResize(problems, obj, old);
    }

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        var (path, status) = (FieldPath.Status, StatusOf(obj));
        PodUpdateValidation.Annotations(problems, obj, old);
        foreach (var (at, condition) in status.Each("conditions", path))
        {
            if (condition.Number("observedGeneration") < 0)
                problems.Invalid(at["observedGeneration"], condition.Number("observedGeneration"), "must be a non-negative integer");
            if (condition.Text("type") is not ("PodScheduled" or "Ready" or "Initialized"))
                problems.Invalid(at["Type"], condition.Text("type"), Names.QualifiedNameProblems(condition.Text("type")));
        }
        if (status.Text("nominatedNodeName") is { Length: > 0 } node && node != StatusOf(old).Text("nominatedNodeName"))
        {
            problems.Invalid(path["nominatedNodeName"], node, Names.DnsSubdomainProblems(node));
            if (SpecOf(old).Text("nodeName").Length > 0)
                problems.Forbidden(path["nominatedNodeName"], "may not be set on pods that are already bound to a node");
        }
        if (status.Number("observedGeneration") < 0)
            problems.Invalid(path["observedGeneration"], status.Number("observedGeneration"), "must be a non-negative integer");
        problems.Unchanged(path["qosClass"], status.Member("qosClass"), StatusOf(old).Member("qosClass"));
        foreach (var field in (ReadOnlySpan<string>)["podIPs", "hostIPs"])
        {
            foreach (var (at, ip) in status.Each(field, path))
                IpRules.Check(problems, at, ip.Text("ip"));
            if (status.Length(field) > 1 && (status.Length(field) > 2 || IpRules.IsV6(status.Array(field)![0].Text("ip")) == IpRules.IsV6(status.Array(field)![1].Text("ip"))))
                problems.Invalid(path[field], status.Member(field), "may specify no more than one IP for each IP family");
        }
        if (status.Length("hostIPs") > 0 && status.Array("hostIPs")![0].Text("ip") != status.Text("hostIP"))
            problems.Invalid(path["hostIPs"][0]["ip"], status.Array("hostIPs")![0].Text("ip"), "must be equal to `hostIP`");
    }
}
