using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Flotilla.Hub.Rollouts;

/// <summary>Which addresses lead to the host that the hub runs on, or to what answers that host alone.</summary>
internal static class HookAddresses
{
    /// <summary>Where clouds serve the credentials of a machine to whoever asks from it, besides link-local addresses.</summary>
    private static readonly HashSet<IPAddress> Metadata = [IPAddress.Parse("100.100.100.200"), IPAddress.Parse("fd00:ec2::254"), IPAddress.Parse("fd20:ce::254"), IPAddress.Parse("168.63.129.16")];

    /// <summary>0.0.0.0/8 is "this host" (RFC 1122), 64:ff9b::/96 is an IPv4 address in other clothes (RFC 6052).</summary>
    private static readonly IPNetwork ThisHost = IPNetwork.Parse("0.0.0.0/8");
    private static readonly IPNetwork Loopback = IPNetwork.Parse("127.0.0.0/8");
    private static readonly IPNetwork LinkLocal = IPNetwork.Parse("169.254.0.0/16");
    private static readonly IPNetwork Multicast = IPNetwork.Parse("224.0.0.0/3");
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Loopback, link-local, metadata, multicast and unspecified addresses, and those of the host's own interfaces.</summary>
    public static bool IsLocal(IPAddress address)
    {
        var plain = Plain(address);
        if (Metadata.Contains(plain))
            return true;
        var never = plain.AddressFamily == AddressFamily.InterNetwork
            ? ThisHost.Contains(plain) || Loopback.Contains(plain) || LinkLocal.Contains(plain) || Multicast.Contains(plain)
            : plain.IsIPv6LinkLocal || plain.IsIPv6Multicast || IPAddress.IsLoopback(plain) || plain.Equals(IPAddress.IPv6Any);
        return never || NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Any(own => Plain(own.Address).Equals(plain));
    }

    /// <summary>The address behind one that only carries it, without a scope.</summary>
    private static IPAddress Plain(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        // ::a.b.c.d is long out of use, and some hosts still take it.
        var isCompatible = bytes.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0 && bytes.AsSpan(12, 3).IndexOfAnyExcept((byte)0) >= 0;
        return isCompatible || Translated.Contains(address) ? new IPAddress(bytes.AsSpan(12)) : new IPAddress(bytes);
    }
}
