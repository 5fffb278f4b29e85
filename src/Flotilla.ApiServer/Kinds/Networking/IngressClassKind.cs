using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Networking;

/// <summary>IngressClasses: their controller never changes.</summary>
internal sealed class IngressClassKind() : BuiltInKind(KindTraits.Generation)
{
    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        var controller = spec.Text("controller");
        if (controller.Length > 250)
            problems.TooLong(path["controller"], 250);
        var slash = controller.IndexOf('/', StringComparison.Ordinal);
        if (controller.Length == 0)
            problems.Required(path["controller"]);
        else if (slash <= 0 || slash == controller.Length - 1)
            problems.Invalid(path["controller"], controller, "must be a domain-prefixed path (such as \"acme.io/foo\")");
        else
            problems.Invalid(path["controller"], controller[..slash], Names.DnsSubdomainProblems(controller[..slash]));
        if (spec.Object("parameters") is { } parameters)
            Parameters(problems, path["parameters"], parameters);
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) =>
        problems.Unchanged(FieldPath.Spec["controller"], SpecOf(obj).Member("controller"), SpecOf(old).Member("controller"));

    private static void Parameters(FieldProblems problems, FieldPath path, JsonObject parameters)
    {
        if (parameters.Text("apiGroup") is { Length: > 0 } group)
            problems.Invalid(path["apiGroup"], group, Names.DnsSubdomainProblems(group));
        foreach (var field in (ReadOnlySpan<string>)["kind", "name"])
        {
            if (parameters.Text(field).Length == 0)
                problems.Required(path[field], field + " is required");
            else
                problems.Invalid(path[field], parameters.Text(field), Names.PathSegmentProblems(parameters.Text(field)));
        }
        var scope = parameters.Text("scope");
        problems.RequiredOneOf(path["scope"], scope, "Cluster", "Namespace");
        if (scope == "Namespace")
        {
            if (!parameters.Has("namespace"))
                problems.Required(path["namespace"], "`parameters.scope` is set to 'Namespace'");
            else
                problems.Invalid(path["namespace"], parameters.Text("namespace"), Names.DnsLabelProblems(parameters.Text("namespace")));
        }
        else if (scope == "Cluster" && parameters.Has("namespace"))
            problems.Forbidden(path["namespace"], "`parameters.scope` is set to 'Cluster'");
    }
}
