using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Flotilla.Content;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Ups;

/// <summary>Ports that stay the same over restarts, so that kubeconfigs and attached agents go on working.</summary>
internal sealed record Ports(int Api, int Gateway, int Clusters)
{
    /// <summary>The ports of a folder; free ones at the first time.</summary>
    public static async Task<Ports> OpenAsync(string folder, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, "ports.json");
        if (File.Exists(file) && JsonText.Parse(await File.ReadAllBytesAsync(file, cancellation)) is JsonObject known)
            return new Ports(Port(known, "api"), Port(known, "gateway"), Port(known, "clusters"));
        var free = Free(3);
        var ports = new Ports(free[0], free[1], free[2]);
        var text = new JsonObject { ["api"] = (long)ports.Api, ["gateway"] = (long)ports.Gateway, ["clusters"] = (long)ports.Clusters };
        await DurableFile.WriteAsync(file, JsonText.ToUtf8(text), cancellation);
        return ports;
    }

    private static int Port(JsonObject known, string name) => (int)(known.Member(name).AsInt64OrNull() ?? 0);

    /// <summary>All at once, so that they differ.</summary>
    private static int[] Free(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        try
        {
            return [.. listeners.Select(listener =>
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            })];
        }
        finally
        {
            foreach (var listener in listeners)
                listener.Dispose();
        }
    }
}
