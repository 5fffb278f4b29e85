using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases;

/// <summary>Digests as content is named by them: <c>sha256:</c> and 64 hexadecimal digits.</summary>
internal static class ContentDigest
{
    private const string Prefix = "sha256:";

    public static string Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return Prefix + Convert.ToHexStringLower(hash);
    }

    public static bool IsValid(string digest) =>
        digest.Length == Prefix.Length + SHA256.HashSizeInBytes * 2 && digest.StartsWith(Prefix, StringComparison.Ordinal)
        && digest.AsSpan(Prefix.Length).IndexOfAnyExcept("0123456789abcdef") < 0;

    public static string Of(JsonNode? canonical) => Of(CanonicalJson.Write(canonical));
}
