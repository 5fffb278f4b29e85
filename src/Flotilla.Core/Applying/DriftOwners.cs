using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Applying;

/// <summary>Tells who changed fields that are ours.</summary>
public static class DriftOwners
{
    /// <summary>Names of other managers that own one of the places now; when none does, of the one that changed the object last.</summary>
    public static IReadOnlyList<string> Of(JsonObject live, IReadOnlyList<FieldDeparture> departures, string self)
    {
        var others = (live.Object("metadata").Array("managedFields") ?? []).OfType<JsonObject>()
            .Where(e => e.String("manager") != self && string.IsNullOrEmpty(e.String("subresource"))).ToList();
        var owners = others
            .Where(e => e.Object("fieldsV1") is { } fields && departures.Any(d => Has(fields, d.Place)))
            .Select(e => e.String("manager") ?? "").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (owners.Count > 0)
            return owners;
        return others.MaxBy(e => e.String("time"), StringComparer.Ordinal)?.String("manager") is { } last ? [last] : [];
    }

    private static bool Has(JsonObject fields, IReadOnlyList<string> place)
    {
        var at = fields;
        foreach (var element in place)
        {
            if (at.Object(element) is not { } below)
                return false;
            at = below;
        }
        return true;
    }
}
