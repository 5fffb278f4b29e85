using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Authentication;

/// <summary>What service-account tokens of one virtual cluster are checked against. Answers come from memory.</summary>
internal interface IServiceAccountSource
{
    /// <summary>
    /// Who signs for this virtual cluster, as <c>https://kubernetes.default.svc.cluster.local</c>. It must differ between virtual
    /// clusters: they share the key.
    /// </summary>
    string Issuer { get; }

    /// <summary>An object that a token is bound to (<c>serviceaccounts</c>, <c>pods</c>, <c>secrets</c>, <c>nodes</c> of v1); null when there is none.</summary>
    JsonObject? Find(string resource, string ns, string name);
}
