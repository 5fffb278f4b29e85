using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.OpenApi;

/// <summary>One served version of a CRD. Keep it as long as the CRD does not change: its digest is not free.</summary>
/// <param name="resource">What discovery says about it.</param>
/// <param name="schema">The <c>openAPIV3Schema</c> as declared; null when the version has none. Only read, and must not change.</param>
internal sealed class CustomType(ResourceType resource, JsonObject? schema)
{
    private readonly Lazy<string> digest = new(() => Hash(resource, schema));

    public ResourceType Resource => resource;

    public JsonObject? Schema => schema;

    /// <summary>Tells types apart by content: equal in all clusters that have the same CRD.</summary>
    public string Digest => digest.Value;

    /// <summary>The name of the type, as <c>dev.flotilla.v1alpha1.Site</c>: the group's parts reversed, then version and kind.</summary>
    public string TypeName => TypeNames.Custom(resource, resource.Kind);

    /// <summary>The name of the list's type.</summary>
    public string ListTypeName => TypeNames.Custom(resource, resource.ListKind);

    private static string Hash(ResourceType resource, JsonObject? schema)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var subresources = string.Join(",", resource.Subresources.Select(s => s.Name));
        hash.AppendData(Encoding.UTF8.GetBytes(
            $"{resource.ApiVersion}\n{resource.Plural}\n{resource.Kind}\n{resource.ListKind}\n{resource.Namespaced}\n{subresources}\n{string.Join(",", resource.Verbs)}\n"));
        if (schema is not null)
            hash.AppendData(JsonText.ToUtf8(schema));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
