using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Registration;

/// <summary>ValidatingAdmissionPolicyBindings and MutatingAdmissionPolicyBindings.</summary>
internal sealed class PolicyBindingKind(bool mutating) : BuiltInKind(KindTraits.Generation | KindTraits.ConditionalUpdate)
{
    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Whole;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        if (spec.Text("policyName").Length == 0)
            problems.Required(path["policyName"]);
        else
            problems.Invalid(path["policyName"], spec.Text("policyName"), Names.DnsSubdomainProblems(spec.Text("policyName")));
        if (spec.Object("paramRef") is { } reference)
            PolicyMatching.ParameterReference(problems, path["paramRef"], reference);
        if (spec.Object("matchResources") is { } match)
            PolicyMatching.Resources(problems, path["matchResources"], match);
        if (!mutating)
            Actions(problems, path["validationActions"], spec);
    }

    private static void Actions(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        var actions = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, action) in spec.EachText("validationActions", FieldPath.Spec))
        {
            problems.OneOf(at, action, "Audit", "Deny", "Warn");
            if (!actions.Add(action))
                problems.Duplicate(at, action);
        }
        if (actions.Contains("Deny") && actions.Contains("Warn"))
        {
            problems.Invalid(path, spec.Member("validationActions"),
                "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)");
        }
        if (actions.Count == 0)
            problems.Required(path, "at least one validation action is required");
    }
}
