using System.Net;

namespace Flotilla.Hub.Components;

/// <summary>The way to sources on the web.</summary>
internal static class WebSources
{
    public static HttpMessageInvoker Create() => new(new SocketsHttpHandler
    {
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });
}
