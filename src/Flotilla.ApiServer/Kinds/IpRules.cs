using System.Net;
using System.Net.Sockets;

namespace Flotilla.ApiServer.Kinds;

/// <summary>Rules for IP addresses and networks.</summary>
internal static class IpRules
{
    public const string AddressProblem = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
    public const string NetworkProblem = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

    /// <summary>An address; leading zeros, which old objects may have, are taken.</summary>
    public static bool TryParse(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.Length == 0 || text.AsSpan().ContainsAny('%', '[', '/'))
            return false;
        if (text.Contains(':', StringComparison.Ordinal))
            return IPAddress.TryParse(text, out address!) && address.AddressFamily == AddressFamily.InterNetworkV6;
        var parts = text.Split('.');
        var bytes = new byte[4];
        if (parts.Length != 4)
            return false;
        for (var i = 0; i < 4; i++)
        {
            if (parts[i].Length is 0 or > 3 || !byte.TryParse(parts[i], System.Globalization.NumberStyles.None, null, out bytes[i]))
                return false;
        }
        address = new IPAddress(bytes);
        return true;
    }

    public static bool IsV6(string text) => TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    public static void Check(FieldProblems problems, FieldPath path, string text)
    {
        if (!TryParse(text, out _))
            problems.Invalid(path, text, AddressProblem);
    }

    /// <summary>An address that a Service or Endpoints may stand for: not loopback, link-local, multicast or unspecified.</summary>
    public static void CheckNonSpecial(FieldProblems problems, FieldPath path, string text)
    {
        if (!TryParse(text, out var address))
        {
            problems.Invalid(path, text, AddressProblem);
            return;
        }
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            problems.Invalid(path, text, $"may not be unspecified ({text})");
        if (IPAddress.IsLoopback(address))
            problems.Invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        var bytes = address.GetAddressBytes();
        if (address.IsIPv6LinkLocal || (bytes.Length == 4 && bytes[0] == 169 && bytes[1] == 254))
            problems.Invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        if (bytes is [224, 0, 0, _] || (bytes.Length == 16 && bytes[0] == 0xff && (bytes[1] & 0xf) == 2))
            problems.Invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
    }

    /// <summary>A network, as <c>10.0.0.0/8</c>.</summary>
    public static bool TryParseNetwork(string text, out IPAddress address, out int prefix)
    {
        address = IPAddress.None;
        prefix = 0;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && TryParse(text[..slash], out address) && int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out prefix)
            && prefix <= (address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32);
    }

    public static void CheckNetwork(FieldProblems problems, FieldPath path, string text)
    {
        if (!TryParseNetwork(text, out _, out _))
            problems.Invalid(path, text, NetworkProblem);
    }

    /// <summary>Whether an address lies in a network.</summary>
    public static bool Contains(string network, IPAddress address)
    {
        if (!TryParseNetwork(network, out var start, out var prefix) || start.AddressFamily != address.AddressFamily)
            return false;
        var (a, b) = (start.GetAddressBytes(), address.GetAddressBytes());
        for (var bit = 0; bit < prefix; bit++)
        {
            var mask = 0x80 >> (bit % 8);
            if ((a[bit / 8] & mask) != (b[bit / 8] & mask))
                return false;
        }
        return true;
    }
}
