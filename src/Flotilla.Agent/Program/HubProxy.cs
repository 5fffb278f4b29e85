using System.Net;

namespace Flotilla.Agent.Program;

/// <summary>
/// The HTTP proxy between a site and its hub, which only passes bytes on (CONNECT): it sees neither what is said nor the site's keys.
/// Only the way to the hub goes through it, never that to the site's own cluster.
/// </summary>
internal sealed class HubProxy
{
    /// <summary>What HTTPS_PROXY, ALL_PROXY and NO_PROXY say.</summary>
    public static readonly HubProxy OfEnvironment = new(null, isNone: false);

    private readonly Uri? address;
    private readonly bool isNone;

    private HubProxy(Uri? address, bool isNone) => (this.address, this.isNone) = (address, isNone);

    /// <summary>Reads <c>--proxy</c>.</summary>
    /// <exception cref="InvalidDataException">It is no address of a proxy.</exception>
    public static HubProxy Parse(string? text)
    {
        if (text is null)
            return OfEnvironment;
        if (text == "none")
            return new HubProxy(null, isNone: true);
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" or "socks5" && address.Host.Length > 0
            ? new HubProxy(address, isNone: false)
            : throw new InvalidDataException("--proxy is neither an address as http://proxy.example.com:3128 nor \"none\"");
    }

    public void Set(SocketsHttpHandler handler)
    {
        handler.UseProxy = !isNone;
        if (address is not null)
            handler.Proxy = new WebProxy(new UriBuilder(address) { UserName = "", Password = "" }.Uri) { Credentials = Credentials() };
    }

    public override string ToString() => isNone ? "none" : address is null ? "as the environment says" : $"{address.Scheme}://{address.Authority}";

    private NetworkCredential? Credentials() => address!.UserInfo.Split(':', 2) is [{ Length: > 0 } name, .. var rest]
        ? new NetworkCredential(Uri.UnescapeDataString(name), Uri.UnescapeDataString(rest is [var password] ? password : ""))
        : null;
}
