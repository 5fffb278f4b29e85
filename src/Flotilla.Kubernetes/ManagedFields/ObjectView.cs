using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// An object in one API version, seen without some fields, and how to see it in other versions. The object itself is never
/// changed through a view.
/// </summary>
internal sealed class ObjectView(JsonObject obj, FieldType type, string apiVersion, ConvertObject? convert, FieldSet? without = null)
{
    private Dictionary<string, ObjectView?>? converted;
    private FieldSet? fields;
    private FieldSet? namedFields;

    public FieldType Type => type;

    public string ApiVersion => apiVersion;

    /// <summary>The object before anything is taken away.</summary>
    public JsonObject Object => obj;

    /// <summary>What this view mentions.</summary>
    public FieldSet Fields => fields ??= FieldSetReader.Read(obj, type, without);

    /// <summary>What this view mentions, and every declared field on the way.</summary>
    public FieldSet NamedFields => namedFields ??= Fields.WithNamedFields(type);

    /// <summary>The same object without other fields than before.</summary>
    public ObjectView Without(FieldSet removed) => new(obj, type, apiVersion, convert, removed);

    /// <summary>The view in another version; null when that is not known.</summary>
    public ObjectView? In(string version)
    {
        if (version == apiVersion)
            return this;
        converted ??= [];
        if (!converted.TryGetValue(version, out var view))
        {
            var other = convert?.Invoke(Materialize(), version);
            converted[version] = view = other is null ? null : new ObjectView(other.Object, FieldType.OfResource(other.Schema), version, convert);
        }
        return view;
    }

    /// <summary>The object as the view shows it: the object itself when nothing is taken away.</summary>
    public JsonObject Materialize()
    {
        if (without is null || without.IsEmpty)
            return obj;
        var copy = (JsonObject)obj.DeepClone();
        TypedRemoval.Remove(copy, without, type);
        return copy;
    }
}
