using System.Text.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Discovery;

/// <summary>Writes one resource with its subresources, as <c>APIResource</c>s or as one <c>APIResourceDiscovery</c>.</summary>
internal static class ResourceWriter
{
    public static void Write(Utf8JsonWriter json, ResourceType resource)
    {
        json.WriteStartObject();
        json.WriteString("name", resource.Plural);
        json.WriteString("singularName", resource.Singular);
        json.WriteBoolean("namespaced", resource.Namespaced);
        json.WriteString("kind", resource.Kind);
        WriteStrings(json, "verbs", resource.Verbs, always: true);
        WriteStrings(json, "shortNames", resource.ShortNames);
        WriteStrings(json, "categories", resource.Categories);
        json.WriteEndObject();
        foreach (var subresource in resource.Subresources)
        {
            json.WriteStartObject();
            json.WriteString("name", $"{resource.Plural}/{subresource.Name}");
            json.WriteString("singularName", "");
            json.WriteBoolean("namespaced", resource.Namespaced);
            if (subresource.Group is not null)
                json.WriteString("group", subresource.Group);
            if (subresource.Version is not null)
                json.WriteString("version", subresource.Version);
            json.WriteString("kind", subresource.Kind);
            WriteStrings(json, "verbs", subresource.Verbs, always: true);
            json.WriteEndObject();
        }
    }

    public static void WriteAggregated(Utf8JsonWriter json, ResourceType resource, bool qualifyKinds)
    {
        var (group, version) = qualifyKinds ? (resource.Group, resource.Version) : ("", "");
        json.WriteStartObject();
        json.WriteString("resource", resource.Plural);
        WriteKind(json, group, version, resource.Kind);
        json.WriteString("scope", resource.Namespaced ? "Namespaced" : "Cluster");
        json.WriteString("singularResource", resource.Singular);
        WriteStrings(json, "verbs", resource.Verbs, always: true);
        WriteStrings(json, "shortNames", resource.ShortNames);
        WriteStrings(json, "categories", resource.Categories);
        if (resource.Subresources.Count > 0)
        {
            json.WriteStartArray("subresources");
            foreach (var subresource in resource.Subresources)
            {
                json.WriteStartObject();
                json.WriteString("subresource", subresource.Name);
                WriteKind(json, subresource.Group ?? group, subresource.Version ?? version, subresource.Kind);
                WriteStrings(json, "verbs", subresource.Verbs, always: true);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteKind(Utf8JsonWriter json, string group, string version, string kind)
    {
        json.WriteStartObject("responseKind");
        json.WriteString("group", group);
        json.WriteString("version", version);
        json.WriteString("kind", kind);
        json.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> values, bool always = false)
    {
        if (values.Count == 0 && !always)
            return;
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
