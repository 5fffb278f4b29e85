using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Schemas.Formats;

namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>An IP address without zone; no IPv4 address in the guise of an IPv6 one.</summary>
internal sealed class CelIp : CelOpaque
{
    public static readonly CelType CelType = CelType.Opaque("net.IP");

    public CelIp(UInt128 bits, bool isV4) => (Bits, IsV4) = (bits, isV4);

    /// <summary>The address; that of IPv4 in the lowest 32 bits.</summary>
    public UInt128 Bits { get; }

    public bool IsV4 { get; }

    public int BitCount => IsV4 ? 32 : 128;

    public override CelType Type => CelType;

    public override int Size => BitCount / 8;

    public bool IsUnspecified => Bits == 0;

    public bool IsLoopback => IsV4 ? Top(8) == 127 : Bits == 1;

    public bool IsLinkLocalMulticast => IsV4 ? Top(24) == 0xE00000 : Top(8) == 0xFF && (Top(16) & 0x0F) == 2;

    public bool IsLinkLocalUnicast => IsV4 ? Top(16) == 0xA9FE : Top(10) == 0x3FA;

    public bool IsMulticast => IsV4 ? Top(4) == 0xE : Top(8) == 0xFF;

    public bool IsGlobalUnicast =>
        !IsUnspecified && !IsLoopback && !IsMulticast && !IsLinkLocalUnicast && !(IsV4 && Bits == uint.MaxValue);

    /// <summary>Reads an address; answers what is wrong, or null.</summary>
    public static string? TryParse(string text, out CelIp? ip)
    {
        ip = null;
        var quoted = FieldError.Quote(text);
        var percent = text.IndexOf('%', StringComparison.Ordinal);
        if (percent >= 0 && text.Contains(':', StringComparison.Ordinal) && IpAddresses.IsAddress(text[..percent], leadingZeros: false) && percent + 1 < text.Length)
            return $"IP address {quoted} with zone value is not allowed";
        if (!IpAddresses.IsAddress(text, leadingZeros: false) || !IPAddress.TryParse(text, out var address))
            return $"IP Address {quoted} parse error during conversion from string: ParseAddr({quoted}): unable to parse IP";
        var isV4 = !text.Contains(':', StringComparison.Ordinal);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        ip = new CelIp(isV4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes), isV4);
        return !isV4 && ip.Bits >> 32 == 0xFFFF ? $"IPv4-mapped IPv6 address {quoted} is not allowed" : null;
    }

    public override bool EqualTo(CelOpaque other) => other is CelIp ip && ip.Bits == Bits && ip.IsV4 == IsV4;

    /// <summary>The canonical text (RFC 5952).</summary>
    public override string ToString()
    {
        if (IsV4)
            return string.Create(CultureInfo.InvariantCulture, $"{(byte)(Bits >> 24)}.{(byte)(Bits >> 16)}.{(byte)(Bits >> 8)}.{(byte)Bits}");
        Span<ushort> groups = stackalloc ushort[8];
        for (var i = 0; i < 8; i++)
            groups[i] = (ushort)(Bits >> (112 - (16 * i)));
        var (gapStart, gapLength) = LongestZeros(groups);
        var text = new StringBuilder(39);
        for (var i = 0; i < 8; i++)
        {
            if (i == gapStart)
            {
                text.Append("::");
                i += gapLength - 1;
                continue;
            }
            if (i > 0 && i != gapStart + gapLength)
                text.Append(':');
            text.Append(CultureInfo.InvariantCulture, $"{groups[i]:x}");
        }
        return text.ToString();
    }

    private static (int Start, int Length) LongestZeros(ReadOnlySpan<ushort> groups)
    {
        var best = (Start: -1, Length: 1);
        for (var i = 0; i < groups.Length; i++)
        {
            var length = 0;
            while (i + length < groups.Length && groups[i + length] == 0)
                length++;
            if (length > best.Length)
                best = (i, length);
            i += length;
        }
        return best.Start < 0 ? (-1, 0) : best;
    }

    private ulong Top(int bits) => (ulong)(Bits >> (BitCount - bits));
}
