using System.Text.Json.Serialization;

namespace Flotilla.Content.Trust;

/// <summary>The protected header of a sealed value (RFC 7516 section 4; RFC 7518 section 4.6.1).</summary>
internal sealed record SealedHeader(string Alg, string Enc, PublicKey Epk)
{
    public const string Agreement = "ECDH-ES", Encryption = "A256GCM";

    public string? Kid { get; init; }

    /// <summary>What the value is for, so that it cannot be moved elsewhere.</summary>
    [JsonPropertyName("flotilla.dev/context")]
    public string? Context { get; init; }

    public string? Apu { get; init; }

    public string? Apv { get; init; }

    /// <summary>Compression; never used.</summary>
    public string? Zip { get; init; }

    /// <summary>Extensions that must be understood; none is.</summary>
    public IReadOnlyList<string>? Crit { get; init; }
}
