using System.Net;
using System.Net.Sockets;

namespace Flotilla.Hub.Rollouts;

/// <summary>
/// The way to webhooks. Whoever may declare a rollout says where the hub sends, so it is no way to what only the hub's own host can reach: names are
/// resolved here, each address is looked at, and the connection goes to the very address that was looked at. Redirects are not followed.
/// </summary>
internal static class HookWire
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <param name="allowLocal">Whether addresses of the hub's host may be reached.</param>
    public static HttpMessageInvoker Create(bool allowLocal) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = Lifetime,
        ConnectCallback = (context, cancellation) => ConnectAsync(context, allowLocal, cancellation),
    });

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, bool allowLocal, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellation);
        if (!allowLocal && !IsProxy(context) && found.Where(HookAddresses.IsLocal).FirstOrDefault() is { } local)
        {
            throw new HttpRequestException(
                $"{host} is {(host == local.ToString() ? "" : $"{local}, ")}an address of the hub's own host or network link, which webhooks must not reach; `flotilla hub --allow-local-webhooks` lets them");
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(found, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether it is the operator's proxy that is connected to: it goes on from there, and its rules hold.</summary>
    private static bool IsProxy(SocketsHttpConnectionContext context) =>
        context.InitialRequestMessage.RequestUri is { } target && !HttpClient.DefaultProxy.IsBypassed(target)
        && HttpClient.DefaultProxy.GetProxy(target) is { } proxy && proxy.IdnHost == context.DnsEndPoint.Host.Trim('[', ']') && proxy.Port == context.DnsEndPoint.Port;
}
