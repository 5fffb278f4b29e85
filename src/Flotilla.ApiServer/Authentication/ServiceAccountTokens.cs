using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Authentication;

/// <summary>
/// Bound service-account tokens (KEP-1205): JWTs (RFC 7519) signed with ES256. A token is good while its account, and the object it is
/// bound to, exist with the uid that they had.
/// </summary>
internal sealed class ServiceAccountTokens(ECDsa key, TimeProvider time)
{
    public const string UserPrefix = "system:serviceaccount:";
    public const string AllGroup = "system:serviceaccounts";

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"ES256","typ":"JWT"}"""u8);

    /// <summary>Signs a token; <c>bound</c> is the object it lives and dies with besides the account, as (<c>pod</c>, name, uid).</summary>
    public string Issue(
        string issuer, string ns, string account, string uid, IEnumerable<string> audiences, TimeSpan lifetime, (string Kind, string Name, string Uid)? bound = null)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var about = new JsonObject
        {
            ["namespace"] = ns,
            ["serviceaccount"] = new JsonObject { ["name"] = account, ["uid"] = uid },
        };
        if (bound is { } other)
            about[other.Kind] = new JsonObject { ["name"] = other.Name, ["uid"] = other.Uid };
        var claims = new JsonObject
        {
            ["aud"] = new JsonArray([.. audiences.Select(a => (JsonNode?)JsonValue.Create(a))]),
            ["exp"] = now + (long)lifetime.TotalSeconds,
            ["iat"] = now,
            ["iss"] = issuer,
            ["jti"] = Guid.NewGuid().ToString(),
            ["kubernetes.io"] = about,
            ["nbf"] = now,
            ["sub"] = UserName(ns, account),
        };
        var signed = $"{Header}.{Base64Url.EncodeToString(JsonText.ToUtf8(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    /// <summary>
    /// The user of a token that this server signed for the cluster; null when it is not good (or no JWT at all). Without an audience it
    /// must be for the API server itself, which goes by the issuer's name.
    /// </summary>
    public UserInfo? Verify(string token, IServiceAccountSource accounts, string? audience = null)
    {
        if (ReadClaims(token) is not { } claims || claims.String("iss") != accounts.Issuer)
            return null;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (claims.Member("exp").AsInt64OrNull() is not { } end || now >= end || claims.Member("nbf").AsInt64OrNull() > now)
            return null;
        audience ??= accounts.Issuer;
        if (!(claims.Array("aud") ?? []).Any(a => a.AsStringOrNull() == audience))
            return null;

        var about = claims.Object("kubernetes.io");
        var account = about.Object("serviceaccount");
        var ns = about.String("namespace") ?? "";
        var name = account.String("name") ?? "";
        if (!Lives("serviceaccounts", ns, account) || claims.String("sub") != UserName(ns, name))
            return null;
        var extra = new Dictionary<string, IReadOnlyList<string>>();
        if (claims.String("jti") is { } id)
            extra["authentication.kubernetes.io/credential-id"] = [$"JTI={id}"];
        foreach (var (kind, resource, scope) in new[] { ("pod", "pods", ns), ("secret", "secrets", ns), ("node", "nodes", "") })
        {
            if (about.Object(kind) is not { } bound)
                continue;
            if (!Lives(resource, scope, bound))
                return null;
            if (kind == "secret")
                continue;
            extra[$"authentication.kubernetes.io/{kind}-name"] = [bound.String("name")!];
            extra[$"authentication.kubernetes.io/{kind}-uid"] = [bound.String("uid")!];
        }
        return new UserInfo(UserName(ns, name), Authenticator.WithAuthenticated(Groups(ns))) { Uid = account.String("uid"), Extra = extra };

        bool Lives(string resource, string scope, JsonObject? reference) =>
            reference.String("name") is { } known
            && accounts.Find(resource, scope, known).Object("metadata") is { } metadata
            && metadata.String("uid") == reference.String("uid");
    }

    /// <summary><c>system:serviceaccount:NAMESPACE:NAME</c>.</summary>
    public static string UserName(string ns, string name) => $"{UserPrefix}{ns}:{name}";

    /// <summary>The groups that every account of a namespace is in.</summary>
    public static IReadOnlyList<string> Groups(string ns) => [AllGroup, $"{AllGroup}:{ns}"];

    /// <summary>Takes a user name apart; null when it is not one of a service account.</summary>
    public static (string Namespace, string Name)? SplitUserName(string user)
    {
        if (!user.StartsWith(UserPrefix, StringComparison.Ordinal))
            return null;
        var parts = user[UserPrefix.Length..].Split(':');
        return parts.Length == 2
            && !Kinds.Names.DnsLabelProblems(parts[0]).Any()
            && !Kinds.Names.DnsSubdomainProblems(parts[1]).Any() ? (parts[0], parts[1]) : null;
    }

    private JsonObject? ReadClaims(string token)
    {
        var first = token.IndexOf('.', StringComparison.Ordinal);
        var last = token.LastIndexOf('.');
        if (first <= 0 || last <= first + 1 || last == token.Length - 1)
            return null;
        try
        {
            // The header must ask for ES256: the key decides how to verify, not the token.
            if (JsonText.Parse(Base64Url.DecodeFromChars(token.AsSpan(0, first))).String("alg") != "ES256")
                return null;
            var signature = Base64Url.DecodeFromChars(token.AsSpan(last + 1));
            return key.VerifyData(Encoding.UTF8.GetBytes(token, 0, last), signature, HashAlgorithmName.SHA256)
                ? JsonText.Parse(Base64Url.DecodeFromChars(token.AsSpan((first + 1)..last))) as JsonObject
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or CryptographicException)
        {
            return null;
        }
    }
}
