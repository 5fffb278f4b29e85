using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Storage;

/// <summary>StorageClasses: how they make volumes never changes.</summary>
internal sealed class StorageClassKind() : BuiltInKind
{
    private const int MaxParameters = 512;
    private const int MaxParametersSize = 256 * 1024;

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var provisioner = obj.Text("provisioner");
        if (provisioner.Length == 0)
            problems.Required(FieldPath.Of("provisioner"));
        else
            problems.Invalid(FieldPath.Of("provisioner"), provisioner, Names.QualifiedNameProblems(provisioner.ToLowerInvariant()));
        Parameters(problems, FieldPath.Of("parameters"), obj.Object("parameters"));
        if (obj.Text("reclaimPolicy").Length > 0)
            problems.OneOf(FieldPath.Of("reclaimPolicy"), obj.Text("reclaimPolicy"), "Delete", "Retain");
        problems.RequiredOneOf(FieldPath.Of("volumeBindingMode"), obj.Text("volumeBindingMode"), "Immediate", "WaitForFirstConsumer");
        foreach (var (at, term) in obj.Each("allowedTopologies"))
        {
            foreach (var (expressionAt, expression) in term.Each("matchLabelExpressions", at))
            {
                problems.Invalid(expressionAt["key"], expression.Text("key"), Names.QualifiedNameProblems(expression.Text("key")));
                if (expression.Length("values") == 0)
                    problems.Required(expressionAt["values"]);
            }
        }
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        foreach (var field in (ReadOnlySpan<string>)["parameters", "provisioner", "reclaimPolicy"])
        {
            if (!JsonNodeExtensions.DeepEquals(obj.Member(field), old.Member(field)))
                problems.Forbidden(FieldPath.Of(field), $"updates to {field} are forbidden.");
        }
        problems.Unchanged(FieldPath.Of("volumeBindingMode"), obj.Member("volumeBindingMode"), old.Member("volumeBindingMode"));
    }

    /// <summary>Parameters for a provisioner: not too many, not too long.</summary>
    public static void Parameters(FieldProblems problems, FieldPath path, JsonObject? parameters)
    {
        if (parameters?.Count > MaxParameters)
        {
            problems.Add(new(Flotilla.Kubernetes.Errors.FieldErrorType.TooLong, path.ToString(), $"Provisioner Parameters exceeded max allowed: {MaxParameters}"));
            return;
        }
        var size = 0L;
        foreach (var (key, value) in parameters ?? [])
        {
            if (key.Length == 0)
                problems.Invalid(path, key, "field can not be empty.");
            size += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value.AsStringOrNull() ?? "");
        }
        if (size > MaxParametersSize)
            problems.TooLong(path, MaxParametersSize);
    }
}
