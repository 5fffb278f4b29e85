using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Flotilla.Content;

/// <summary>The SHA-256 digest of some content, written <c>sha256:</c> and 64 lower-case hexadecimal digits (OCI image specification, descriptors).</summary>
[JsonConverter(typeof(DigestJsonConverter))]
public readonly record struct Digest : IComparable<Digest>
{
    /// <summary>Bytes of a digest.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    internal const int TextLength = 7 + Size * 2;

    private const string Prefix = "sha256:";

    private readonly ulong first, second, third, fourth;

    private Digest(ReadOnlySpan<byte> hash)
    {
        first = BinaryPrimitives.ReadUInt64BigEndian(hash);
        second = BinaryPrimitives.ReadUInt64BigEndian(hash[8..]);
        third = BinaryPrimitives.ReadUInt64BigEndian(hash[16..]);
        fourth = BinaryPrimitives.ReadUInt64BigEndian(hash[24..]);
    }

    /// <summary>The 64 lower-case hexadecimal digits alone.</summary>
    public string Hex => ToString()[Prefix.Length..];

    /// <summary>The digest of content.</summary>
    public static Digest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(content, hash);
        return new Digest(hash);
    }

    /// <summary>The digest of what is left of a stream.</summary>
    public static async ValueTask<Digest> OfAsync(Stream content, CancellationToken cancellation) =>
        new(await SHA256.HashDataAsync(content, cancellation));

    /// <summary>A digest from its 32 bytes.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static Digest FromHash(ReadOnlySpan<byte> hash) =>
        hash.Length == Size ? new(hash) : throw new ArgumentException($"a SHA-256 digest has {Size} bytes, not {hash.Length}", nameof(hash));

    /// <summary>Reads the written form.</summary>
    /// <exception cref="FormatException">Not <c>sha256:</c> and 64 lower-case hexadecimal digits.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException($"'{text}' is not a digest: expected sha256: and 64 lower-case hexadecimal digits");

    /// <summary>Reads the written form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest) => TryParse(text.AsSpan(), out digest);

    /// <summary>Reads the written form.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Digest digest)
    {
        digest = default;
        return text.StartsWith(Prefix, StringComparison.Ordinal) && TryParseHex(text[Prefix.Length..], out digest);
    }

    /// <summary>Puts the 32 bytes at the start of a span.</summary>
    public void CopyTo(Span<byte> hash)
    {
        BinaryPrimitives.WriteUInt64BigEndian(hash, first);
        BinaryPrimitives.WriteUInt64BigEndian(hash[8..], second);
        BinaryPrimitives.WriteUInt64BigEndian(hash[16..], third);
        BinaryPrimitives.WriteUInt64BigEndian(hash[24..], fourth);
    }

    /// <summary>Orders as the written forms do.</summary>
    public int CompareTo(Digest other)
    {
        var order = first.CompareTo(other.first);
        if (order == 0)
            order = second.CompareTo(other.second);
        if (order == 0)
            order = third.CompareTo(other.third);
        return order == 0 ? fourth.CompareTo(other.fourth) : order;
    }

    /// <summary>The written form.</summary>
    public override string ToString() => string.Create(TextLength, this, static (text, digest) =>
    {
        Span<byte> hash = stackalloc byte[Size];
        digest.CopyTo(hash);
        Prefix.CopyTo(text);
        Convert.TryToHexStringLower(hash, text[Prefix.Length..], out _);
    });

    internal static bool TryParseHex(ReadOnlySpan<char> hex, out Digest digest)
    {
        digest = default;
        if (hex.Length != Size * 2 || hex.ContainsAnyExcept(LowerHex))
            return false;
        Span<byte> hash = stackalloc byte[Size];
        Convert.FromHexString(hex, hash, out _, out _);
        digest = new Digest(hash);
        return true;
    }

    private static readonly System.Buffers.SearchValues<char> LowerHex = System.Buffers.SearchValues.Create("0123456789abcdef");
}
