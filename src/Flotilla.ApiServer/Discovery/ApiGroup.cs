using System.Buffers;
using System.Text.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Discovery;

/// <summary>One API group with its versions, the preferred one first. Immutable; the documents are made at first use and kept.</summary>
internal sealed class ApiGroup
{
    private readonly IReadOnlyList<(string Version, IReadOnlyList<ResourceType> Resources)> versions;
    private readonly bool custom;
    private byte[]? summary;
    private byte[]? aggregated;

    /// <param name="name">Empty for core.</param>
    /// <param name="resources">All resources of the group, of any version.</param>
    /// <param name="custom">Whether CRDs made it: then kinds name their group and version in aggregated discovery.</param>
    public ApiGroup(string name, IEnumerable<ResourceType> resources, bool custom)
    {
        Name = name;
        this.custom = custom;
        versions =
        [
            .. resources.GroupBy(r => r.Version, StringComparer.Ordinal)
                .OrderBy(v => v.Key, VersionOrder.Instance)
                .Select(v => (v.Key, (IReadOnlyList<ResourceType>)[.. v])),
        ];
    }

    public string Name { get; }

    public IEnumerable<string> Versions => versions.Select(v => v.Version);

    /// <summary>The resources of a version; null when the group does not have it.</summary>
    public IReadOnlyList<ResourceType>? Resources(string version) => versions.FirstOrDefault(v => v.Version == version).Resources;

    /// <summary>The group as an entry of <c>APIGroupList</c>.</summary>
    public byte[] Summary => summary ??= Write(json =>
    {
        json.WriteStartObject();
        WriteNameAndVersions(json);
        json.WriteEndObject();
    });

    /// <summary>The group as an entry of <c>APIGroupDiscoveryList</c>.</summary>
    public byte[] Aggregated => aggregated ??= Write(WriteAggregated);

    /// <summary>The group by itself: kind <c>APIGroup</c>.</summary>
    public byte[] Document() => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("kind", "APIGroup");
        json.WriteString("apiVersion", "v1");
        WriteNameAndVersions(json);
        json.WriteEndObject();
    });

    /// <summary>The resources of one version: kind <c>APIResourceList</c>; null when the group does not have the version.</summary>
    public byte[]? ResourceDocument(string version) => Resources(version) is not { } resources ? null : Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("kind", "APIResourceList");
        // The list of the legacy group has never said its apiVersion.
        if (Name.Length > 0)
            json.WriteString("apiVersion", "v1");
        json.WriteString("groupVersion", GroupVersion(version));
        json.WriteStartArray("resources");
        foreach (var resource in resources)
            ResourceWriter.Write(json, resource);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private void WriteNameAndVersions(Utf8JsonWriter json)
    {
        json.WriteString("name", Name);
        json.WriteStartArray("versions");
        foreach (var (version, _) in versions)
            WriteVersion(json, version);
        json.WriteEndArray();
        json.WritePropertyName("preferredVersion");
        WriteVersion(json, versions[0].Version);
    }

    private void WriteVersion(Utf8JsonWriter json, string version)
    {
        json.WriteStartObject();
        json.WriteString("groupVersion", GroupVersion(version));
        json.WriteString("version", version);
        json.WriteEndObject();
    }

    private void WriteAggregated(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        if (Name.Length > 0)
            json.WriteString("name", Name);
        json.WriteEndObject();
        json.WriteStartArray("versions");
        foreach (var (version, resources) in versions)
        {
            json.WriteStartObject();
            json.WriteString("version", version);
            json.WriteStartArray("resources");
            foreach (var resource in resources)
                ResourceWriter.WriteAggregated(json, resource, custom);
            json.WriteEndArray();
            json.WriteString("freshness", "Current");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private string GroupVersion(string version) => Name.Length == 0 ? version : $"{Name}/{version}";

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        return buffer.WrittenSpan.ToArray();
    }
}
