using System.Globalization;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>An address with a prefix length: <c>10.0.0.0/8</c>. The address may have bits behind the prefix.</summary>
internal sealed class CelCidr(CelIp address, int prefix) : CelOpaque
{
    public static readonly CelType CelType = CelType.Opaque("net.CIDR");

    public override CelType Type => CelType;

    public CelIp Address => address;

    public int Prefix => prefix;

    public override int Size => (prefix + 7) / 8;

    public static string? TryParse(string text, out CelCidr? cidr)
    {
        const string problem = "network address parse error during conversion from string: ";
        cidr = null;
        var quoted = FieldError.Quote(text);
        var slash = text.LastIndexOf('/');
        if (slash < 0)
            return $"{problem}netip.ParsePrefix({quoted}): no '/'";
        if (CelIp.TryParse(text[..slash], out var address) is { } wrong)
            return wrong.StartsWith("IPv4-mapped", StringComparison.Ordinal) ? $"IPv4-mapped IPv6 address {quoted} is not allowed" : $"{problem}netip.ParsePrefix({quoted}): {wrong}";
        var digits = text.AsSpan(slash + 1);
        if (digits.IsEmpty || digits.Length > 3 || (digits.Length > 1 && digits[0] == '0')
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            return $"{problem}netip.ParsePrefix({quoted}): bad bits after slash: {FieldError.Quote(digits.ToString())}";
        if (length > address!.BitCount)
            return $"{problem}netip.ParsePrefix({quoted}): prefix length out of range";
        cidr = new CelCidr(address, length);
        return null;
    }

    public bool Contains(CelIp ip) => ip.IsV4 == address.IsV4 && Network(ip, prefix) == Network(address, prefix);

    public bool Contains(CelCidr other) => prefix <= other.Prefix && Contains(other.Address);

    public CelCidr Masked() => new(new CelIp(Network(address, prefix), address.IsV4), prefix);

    public override bool EqualTo(CelOpaque other) => other is CelCidr cidr && cidr.Prefix == prefix && cidr.Address.EqualTo(address);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{address}/{prefix}");

    /// <summary>The address without the bits behind the prefix.</summary>
    private static UInt128 Network(CelIp ip, int prefix)
    {
        var host = ip.BitCount - prefix;
        // A shift by all 128 bits would be none.
        return prefix == 0 ? 0 : ip.Bits >> host << host;
    }
}
