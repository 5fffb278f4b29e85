using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Flotilla.ApiServer.Authentication;

/// <summary>
/// Finds out who asks: a client certificate of the server's authority, a static bearer token, a service-account token; without any of
/// these the user is <see cref="UserInfo.Anonymous"/>. Impersonation comes after, see <see cref="Impersonation"/>.
/// </summary>
internal sealed class Authenticator : IDisposable
{
    private readonly Dictionary<string, KnownToken> tokens = new(StringComparer.Ordinal);
    private readonly ClientCertificates? certificates;
    private readonly ServiceAccountTokens serviceAccountTokens;

    /// <param name="users">Those known by a token.</param>
    /// <param name="authority">Who signs client certificates; null when there are none.</param>
    /// <param name="serviceAccountKey">Signs the tokens of service accounts.</param>
    public Authenticator(IEnumerable<StaticUser> users, X509Certificate2? authority, ECDsa serviceAccountKey, TimeProvider time)
    {
        certificates = authority is null ? null : new ClientCertificates(authority, time);
        serviceAccountTokens = new ServiceAccountTokens(serviceAccountKey, time);
        foreach (var user in users)
        {
            var digest = Digest(user.Token);
            tokens[Key(digest)] = new KnownToken(digest, new UserInfo(user.Name, WithAuthenticated(user.Groups)));
        }
    }

    /// <summary>The user of a request; null when it carries a credential and none of them is good (the answer is then 401).</summary>
    /// <param name="authorization">The <c>Authorization</c> header. Other schemes than Bearer count as absent.</param>
    /// <param name="certificate">The certificate that the client showed in the TLS handshake, not yet verified.</param>
    /// <param name="serviceAccounts">The accounts of the virtual cluster that is asked.</param>
    public UserInfo? Authenticate(string? authorization, X509Certificate2? certificate, IServiceAccountSource serviceAccounts)
    {
        if (certificate is not null && certificates?.Verify(certificate) is { } known)
            return known;
        var token = BearerToken(authorization);
        if (token is null)
            return certificate is null ? UserInfo.Anonymous : null;
        return AuthenticateToken(token, serviceAccounts);
    }

    /// <summary>The user that a bearer token stands for; null when nobody.</summary>
    public UserInfo? AuthenticateToken(string token, IServiceAccountSource serviceAccounts)
    {
        var digest = Digest(token);
        if (tokens.TryGetValue(Key(digest), out var entry) && CryptographicOperations.FixedTimeEquals(digest, entry.Digest))
            return entry.User;
        return serviceAccountTokens.Verify(token, serviceAccounts);
    }

    public void Dispose() => certificates?.Dispose();

    /// <summary>The groups of someone who is known: all of theirs and <c>system:authenticated</c>.</summary>
    internal static IReadOnlyList<string> WithAuthenticated(IReadOnlyList<string> groups) =>
        groups.Contains(UserInfo.Authenticated) ? groups : [.. groups, UserInfo.Authenticated];

    private static string? BearerToken(string? header)
    {
        if (header is null)
            return null;
        var parts = header.Trim().Split(' ', 3);
        return parts.Length >= 2 && parts[0].Equals("bearer", StringComparison.OrdinalIgnoreCase) && parts[1].Length > 0 ? parts[1] : null;
    }

    // Looking up by a digest leaks nothing about how much of a guessed token is right.
    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static string Key(byte[] digest) => Convert.ToHexString(digest, 0, 8);

    private sealed record KnownToken(byte[] Digest, UserInfo User);
}
