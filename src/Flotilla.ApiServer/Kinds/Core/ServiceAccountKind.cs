using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Core;

/// <summary>ServiceAccounts. Of references to Secrets only the name is kept.</summary>
internal sealed class ServiceAccountKind() : BuiltInKind(KindTraits.ConditionalUpdate)
{
    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    public override void PrepareForCreate(JsonObject obj) => OnlyNames(obj);

    public override void PrepareForUpdate(JsonObject obj, JsonObject old) => OnlyNames(obj);

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old)
    {
        const string mountable = "kubernetes.io/enforce-mountable-secrets";
        if (obj.Object("metadata").Object("annotations").Has(mountable))
            yield return $"metadata.annotations[{mountable}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets";
    }

    private static void OnlyNames(JsonObject obj)
    {
        foreach (var reference in (obj.Array("secrets") ?? []).OfType<JsonObject>())
        {
            foreach (var field in reference.Select(member => member.Key).Where(field => field != "name").ToList())
                reference.Remove(field);
        }
    }
}
