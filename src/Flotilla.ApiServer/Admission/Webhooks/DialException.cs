using System.Net;
using System.Net.Sockets;

namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>No connection came about. The message is the one that Go gives, since that is what users of kube-apiserver know.</summary>
internal sealed class DialException(string message, Exception? inner = null) : IOException(message, inner)
{
    public static DialException Of(IPEndPoint target, SocketException e) => new($"dial tcp {target}: connect: {Describe(e)}", e);

    public static DialException NoSuchHost(string host, Exception? e) => new($"dial tcp: lookup {host}: no such host", e);

    public static string Describe(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset by peer",
        SocketError.NetworkUnreachable => "network is unreachable",
        SocketError.HostUnreachable => "no route to host",
        SocketError.TimedOut => "connection timed out",
        _ => e.Message,
    };
}
