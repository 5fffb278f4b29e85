using System.Text.Json.Nodes;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.ApiServer.Resources;

/// <summary>Label and field selectors over stored objects; parses an object only when a field beyond its key is asked for.</summary>
internal sealed class ObjectFilter
{
    private readonly ServedResource resource;
    private readonly LabelSelector? labels;
    private readonly FieldSelector? fields;
    private readonly bool needsObject;

    private ObjectFilter(ServedResource resource, LabelSelector? labels, FieldSelector? fields)
    {
        this.resource = resource;
        this.labels = labels;
        this.fields = fields;
        needsObject = fields is not null && fields.Requirements.Any(r => !IsKeyField(r.Field));
    }

    /// <summary>A filter for the selectors; null when everything matches.</summary>
    /// <exception cref="ApiStatusException">400: a field that this resource cannot select by.</exception>
    public static ObjectFilter? Create(ServedResource resource, LabelSelector? labels, FieldSelector? fields)
    {
        if (labels is null && fields is null)
            return null;
        foreach (var requirement in fields?.Requirements ?? [])
        {
            var known = IsKeyField(requirement.Field) || resource.Rules.SelectableFields.ContainsKey(requirement.Field);
            if (!known)
                throw NotSelectable(resource, requirement.Field);
        }
        return new ObjectFilter(resource, labels, fields);
    }

    public bool Matches(StoredObject stored)
    {
        if (labels is not null && !labels.Matches(stored.Label))
            return false;
        if (fields is null)
            return true;
        var obj = needsObject ? resource.FromStorage(stored.Parse()) : null;
        return fields.Matches(field => Field(stored, obj, field));
    }

    private string? Field(StoredObject stored, JsonObject? obj, string field) => field switch
    {
        "metadata.name" => stored.Key.Name,
        "metadata.namespace" when resource.Type.Namespaced => stored.Key.Namespace,
        _ when obj is not null && resource.Rules.SelectableFields.TryGetValue(field, out var read) => read(obj),
        _ => "",
    };

    private static bool IsKeyField(string field) => field is "metadata.name" or "metadata.namespace";

    private static ApiStatusException NotSelectable(ServedResource resource, string field) =>
        ApiStatusException.BadRequest(resource.IsCustom ? $"field label not supported: {field}" : resource.Rules.UnknownFieldLabel(field));
}
