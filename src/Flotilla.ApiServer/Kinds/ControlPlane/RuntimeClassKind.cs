using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Workloads;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.ControlPlane;

/// <summary>RuntimeClasses: how containers are run.</summary>
internal sealed class RuntimeClassKind() : BuiltInKind(KindTraits.ConditionalUpdate)
{
    public override bool ValidatesWholeOnUpdate => false;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        problems.Invalid(FieldPath.Of("handler"), obj.Text("handler"), Names.DnsLabelProblems(obj.Text("handler")));
        if (obj.Object("overhead") is { } overhead)
        {
            var limits = new JsonObject { ["limits"] = overhead.Member("podFixed")?.DeepClone() };
            ResourceValidation.Requirements(problems, FieldPath.Of("overhead"), limits, new PodScope([], isPod: false));
        }
        if (obj.Object("scheduling") is not { } scheduling)
            return;
        LabelRules.Labels(problems, FieldPath.Of("scheduling")["nodeSelector"], scheduling.Object("nodeSelector"));
        SchedulingValidation.Tolerations(problems, FieldPath.Of("scheduling"), scheduling);
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) =>
        problems.Unchanged(FieldPath.Of("handler"), obj.Member("handler"), old.Member("handler"));
}
