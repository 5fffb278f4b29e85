using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Kinds;

/// <summary>Labels of Nodes that have newer names.</summary>
internal static class NodeLabels
{
    private static readonly Dictionary<string, string> Deprecated = new()
    {
        ["beta.kubernetes.io/arch"] = "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
        ["beta.kubernetes.io/os"] = "deprecated since v1.14; use \"kubernetes.io/os\" instead",
        ["failure-domain.beta.kubernetes.io/region"] = "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
        ["failure-domain.beta.kubernetes.io/zone"] = "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
        ["beta.kubernetes.io/instance-type"] = "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
        ["app.kubernetes.io/created-by"] = "deprecated since v1.9",
        ["scheduler.alpha.kubernetes.io/preferAvoidPods"] = "deprecated since v1.22; use Taints and Tolerations instead",
        ["node-role.kubernetes.io/master"] = "use \"node-role.kubernetes.io/control-plane\" instead",
    };

    /// <summary>Why a label should not be used any more; null when it may.</summary>
    public static string? Deprecation(string label) => Deprecated.GetValueOrDefault(label);

    public static IEnumerable<string> TermWarnings(FieldPath path, JsonNode? term, bool checkValues)
    {
        foreach (var (at, expression) in term.Each("matchExpressions", path))
        {
            if (Deprecation(expression.Text("key")) is { } why)
                yield return $"{at["key"]}: {expression.Text("key")} is {why}";
            if (!checkValues)
                continue;
            foreach (var (valueAt, value) in expression.EachText("values", at))
            {
                foreach (var problem in Names.LabelValueProblems(value))
                    yield return $"{valueAt}: {value} is invalid, {problem}";
            }
        }
    }
}
