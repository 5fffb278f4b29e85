using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>Which of the names that a CRD asks for it gets: those that no other of its group has.</summary>
internal sealed class NameAcceptance
{
    private readonly JsonObject requested;
    private readonly JsonObject accepted;
    private readonly HashSet<string> resources = new(StringComparer.Ordinal);
    private readonly HashSet<string> kinds = new(StringComparer.Ordinal);
    private DefinitionCondition? conflict;

    public NameAcceptance(JsonObject requested, JsonObject accepted, JsonObject definition, IEnumerable<JsonObject> all)
    {
        this.requested = requested;
        this.accepted = accepted;
        var group = definition.Object("spec").String("group");
        var name = definition.Object("metadata").String("name");
        foreach (var other in all.Where(d => d.Object("spec").String("group") == group && d.Object("metadata").String("name") != name))
            Take(other.Object("status").Object("acceptedNames"));
        Take(accepted);
    }

    /// <summary>The names to accept, and the condition. Of several conflicts the last one counts, as in kube-apiserver.</summary>
    public (JsonObject Names, DefinitionCondition Condition) Decide()
    {
        var result = new JsonObject();
        Copy(result, "plural", One("plural", resources, "PluralConflict") ?? "");
        Copy(result, "singular", One("singular", resources, "SingularConflict"));
        Copy(result, "shortNames", ShortNames());
        Copy(result, "kind", One("kind", kinds, "KindConflict") ?? "");
        Copy(result, "listKind", One("listKind", kinds, "ListKindConflict"));
        Copy(result, "categories", requested["categories"]);
        return (result, conflict ?? DefinitionCondition.True("NamesAccepted", "NoConflicts", "no conflicts found"));
    }

    private void Take(JsonObject? names)
    {
        Add(resources, names.String("plural"));
        Add(resources, names.String("singular"));
        foreach (var shortName in names.Array("shortNames") ?? [])
            Add(resources, shortName.AsStringOrNull());
        Add(kinds, names.String("kind"));
        Add(kinds, names.String("listKind"));

        static void Add(HashSet<string> names, string? name)
        {
            if (!string.IsNullOrEmpty(name))
                names.Add(name);
        }
    }

    private JsonNode? One(string field, HashSet<string> used, string reason)
    {
        var name = requested.String(field) ?? "";
        if (name == (accepted.String(field) ?? "") || !used.Contains(name))
            return requested[field];
        conflict = DefinitionCondition.False("NamesAccepted", reason, InUse(name));
        return accepted[field];
    }

    private JsonNode? ShortNames()
    {
        var own = (accepted.Array("shortNames") ?? []).Select(n => n.AsStringOrNull()).ToHashSet();
        var taken = (requested.Array("shortNames") ?? []).Select(n => n.AsStringOrNull() ?? "").Where(n => !own.Contains(n) && resources.Contains(n)).Distinct().Select(InUse).ToList();
        if (taken.Count == 0)
            return requested["shortNames"];
        conflict = DefinitionCondition.False("NamesAccepted", "ShortNamesConflict", taken.Count == 1 ? taken[0] : $"[{string.Join(", ", taken)}]");
        return accepted["shortNames"];
    }

    private static string InUse(string name) => $"{FieldError.Quote(name)} is already in use";

    private static void Copy(JsonObject target, string field, JsonNode? value)
    {
        if (value is not null)
            target[field] = value.DeepClone();
    }
}
