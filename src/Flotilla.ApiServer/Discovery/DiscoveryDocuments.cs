using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Discovery;

/// <summary>
/// What a server tells about its APIs, as JSON: <c>/api</c>, <c>/apis</c> and below, plain and aggregated. Immutable; make a
/// new one when a CRD changes. Built-in groups are shared by all servers of the process, so that one costs little.
/// </summary>
internal sealed class DiscoveryDocuments
{
    // kube-apiserver shows groups by priority, not by name; recorded.
    private static readonly string[] BuiltInOrder =
    [
        "", "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch",
        "certificates.k8s.io", "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io",
        "apiextensions.k8s.io", "scheduling.k8s.io", "coordination.k8s.io", "node.k8s.io", "discovery.k8s.io", "resource.k8s.io",
        "flowcontrol.apiserver.k8s.io",
    ];

    private static readonly Lazy<DiscoveryDocuments> BuiltInOnly = new(() => new DiscoveryDocuments([.. BuiltInTypes.Instance.Resources
        .GroupBy(r => r.Group, StringComparer.Ordinal)
        .OrderBy(g => Array.IndexOf(BuiltInOrder, g.Key) is >= 0 and var known ? known : BuiltInOrder.Length)
        .Select(g => new ApiGroup(g.Key, g, custom: false))]));

    private readonly IReadOnlyList<ApiGroup> groups;
    private readonly Dictionary<string, ApiGroup> byName;
    private readonly ApiGroup core;

    private DiscoveryDocuments(IReadOnlyList<ApiGroup> groups)
    {
        this.groups = groups;
        byName = groups.ToDictionary(g => g.Name, StringComparer.Ordinal);
        core = byName[""];
    }

    /// <summary>The documents of a server without CRDs.</summary>
    public static DiscoveryDocuments BuiltIn => BuiltInOnly.Value;

    /// <summary>All groups, core (with the empty name) first.</summary>
    public IReadOnlyList<ApiGroup> All => groups;

    /// <summary>The documents with these custom resources: one for each served version of a CRD. Their groups come last, by name.</summary>
    public static DiscoveryDocuments With(IReadOnlyList<ResourceType> custom)
    {
        if (custom.Count == 0)
            return BuiltIn;
        var added = custom.GroupBy(r => r.Group, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        var extended = added.Where(g => BuiltIn.byName.ContainsKey(g.Key)).ToDictionary(g => g.Key, StringComparer.Ordinal);
        return new DiscoveryDocuments(
        [
            .. BuiltIn.groups.Select(g => extended.TryGetValue(g.Name, out var more)
                ? new ApiGroup(g.Name, g.Versions.SelectMany(v => g.Resources(v)!).Concat(more), custom: true)
                : g),
            .. added.Where(g => !extended.ContainsKey(g.Key)).Select(g => new ApiGroup(g.Key, g, custom: true)),
        ]);
    }

    /// <summary><c>/api</c>: kind <c>APIVersions</c>.</summary>
    /// <param name="serverAddress">Host and port under which clients reach this server.</param>
    public byte[] LegacyVersions(string serverAddress) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("kind", "APIVersions");
        json.WriteStartArray("versions");
        foreach (var version in core.Versions)
            json.WriteStringValue(version);
        json.WriteEndArray();
        json.WriteStartArray("serverAddressByClientCIDRs");
        json.WriteStartObject();
        json.WriteString("clientCIDR", "0.0.0.0/0");
        json.WriteString("serverAddress", serverAddress);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary><c>/apis</c>: kind <c>APIGroupList</c>.</summary>
    public byte[] Groups() => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("kind", "APIGroupList");
        json.WriteString("apiVersion", "v1");
        json.WriteStartArray("groups");
        foreach (var group in groups)
        {
            if (group != core)
                json.WriteRawValue(group.Summary, skipInputValidation: true);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary><c>/apis/GROUP</c>: kind <c>APIGroup</c>; null when there is no such group.</summary>
    public byte[]? Group(string name) => name.Length > 0 ? byName.GetValueOrDefault(name)?.Document() : null;

    /// <summary><c>/api/v1</c> and <c>/apis/GROUP/VERSION</c>: kind <c>APIResourceList</c>; null when there is no such version.</summary>
    public byte[]? Resources(string group, string version) => byName.GetValueOrDefault(group)?.ResourceDocument(version);

    /// <summary>Aggregated discovery (KEP-3352) of <c>/api</c> or <c>/apis</c>: kind <c>APIGroupDiscoveryList</c>.</summary>
    /// <param name="legacy">Whether of <c>/api</c>.</param>
    /// <param name="apiVersion"><c>apidiscovery.k8s.io/v2</c> or <c>…/v2beta1</c>; they look the same.</param>
    public byte[] Aggregated(bool legacy, string apiVersion) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("kind", "APIGroupDiscoveryList");
        json.WriteString("apiVersion", apiVersion);
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        json.WriteStartArray("items");
        foreach (var group in groups)
        {
            if (group == core == legacy)
                json.WriteRawValue(group.Aggregated, skipInputValidation: true);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>The ETag of a document, in quotes: clients that have it send it as <c>If-None-Match</c>.</summary>
    public static string ETag(ReadOnlySpan<byte> document) => $"\"{Convert.ToHexString(SHA512.HashData(document))}\"";

    /// <summary><c>/</c>: the paths that this server knows, with those given besides the APIs.</summary>
    public byte[] Paths(IEnumerable<string> others)
    {
        var paths = new SortedSet<string>(others, StringComparer.Ordinal) { "/api", "/apis" };
        foreach (var group in groups)
        {
            var prefix = group == core ? "/api" : $"/apis/{group.Name}";
            paths.Add(prefix);
            paths.UnionWith(group.Versions.Select(v => $"{prefix}/{v}"));
        }
        return Write(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("paths");
            foreach (var path in paths)
                json.WriteStringValue(path);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        return buffer.WrittenSpan.ToArray();
    }
}
