using System.Globalization;
using System.Net;

namespace Flotilla.ApiServer.Kinds.Services;

/// <summary>
/// The addresses and node ports that Services of one cluster have. Kept in memory: filled from the stored Services at start
/// (<see cref="ServiceAllocation.Occupy"/>). Any number of threads may use it at once.
/// </summary>
/// <param name="network">Network of the addresses, IPv4.</param>
/// <param name="firstPort">Lowest node port.</param>
/// <param name="lastPort">Highest node port.</param>
internal sealed class ServiceNetwork(string network = "10.96.0.0/16", int firstPort = 30000, int lastPort = 32767)
{
    private readonly HashSet<uint> addresses = [];
    private readonly HashSet<(string Protocol, long Port)> ports = [];
    private readonly Lock gate = new();
    private uint nextAddress;
    private long nextPort = firstPort;

    /// <summary>Takes an address; answers what is wrong, or null.</summary>
    public string? TakeAddress(string text)
    {
        if (!IpRules.TryParse(text, out var address) || !IpRules.Contains(network, address))
            return "the provided network does not match the current range";
        lock (gate)
            return addresses.Add(Number(address)) ? null : "provided IP is already allocated";
    }

    /// <summary>Takes any free address; null when there is none.</summary>
    public string? TakeAnyAddress()
    {
        _ = IpRules.TryParseNetwork(network, out var start, out var prefix);
        // The first is the network's own and the second the API server's.
        var (first, count) = (Number(start) + 2, (1u << (32 - prefix)) - 3);
        lock (gate)
        {
            for (var tried = 0u; tried < count; tried++)
            {
                var candidate = first + (nextAddress++ % count);
                if (addresses.Add(candidate))
                    return new IPAddress(BitConverter.GetBytes(BitConverter.IsLittleEndian ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(candidate) : candidate)).ToString();
            }
        }
        return null;
    }

    /// <summary>Takes a port; answers what is wrong, or null.</summary>
    public string? TakePort(string protocol, long port)
    {
        if (port < firstPort || port > lastPort)
            return string.Create(CultureInfo.InvariantCulture, $"provided port is not in the valid range. The range of valid ports is {firstPort}-{lastPort}");
        lock (gate)
            return ports.Add((protocol, port)) ? null : "provided port is already allocated";
    }

    /// <summary>Takes any port that no protocol uses; null when there is none.</summary>
    public long? TakeAnyPort(string protocol)
    {
        lock (gate)
        {
            for (var tried = firstPort; tried <= lastPort; tried++)
            {
                var candidate = nextPort;
                nextPort = nextPort == lastPort ? firstPort : nextPort + 1;
                if (!ports.Contains(("TCP", candidate)) && !ports.Contains(("UDP", candidate)) && !ports.Contains(("SCTP", candidate)) && ports.Add((protocol, candidate)))
                    return candidate;
            }
        }
        return null;
    }

    public void ReleaseAddress(string text)
    {
        if (!IpRules.TryParse(text, out var address) || address.GetAddressBytes().Length != 4)
            return;
        lock (gate)
            addresses.Remove(Number(address));
    }

    public void ReleasePort(string protocol, long port)
    {
        lock (gate)
            ports.Remove((protocol, port));
    }

    private static uint Number(IPAddress address) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
