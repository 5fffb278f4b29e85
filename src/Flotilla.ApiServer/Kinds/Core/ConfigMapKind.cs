using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Core;

/// <summary>ConfigMaps.</summary>
internal sealed class ConfigMapKind() : BuiltInKind
{
    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (data, binary) = (obj.Object("data"), obj.Object("binaryData"));
        DataRules.Keys(problems, FieldPath.Of("data"), data);
        foreach (var (key, _) in data ?? [])
        {
            if (binary.Has(key))
                problems.Invalid(FieldPath.Of("data").Key(key), key, "duplicate of key present in binaryData");
        }
        DataRules.Keys(problems, FieldPath.Of("binaryData"), binary);
        if (DataRules.Size(data) + DataRules.DecodedSize(binary) > DataRules.MaxSize)
            problems.TooLong(FieldPath.Of(""), DataRules.MaxSize);
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) => DataRules.Immutable(problems, obj, old, "data", "binaryData");
}
