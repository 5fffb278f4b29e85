using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Flotilla.Content;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Hubs;

/// <summary>Ports of a data folder: the same after a restart, so that kubeconfigs and agents go on working.</summary>
/// <param name="Api">Port of the embedded API.</param>
/// <param name="Gateway">Port of the gateway.</param>
/// <param name="Clusters">Port of the clusters of simulated sites.</param>
internal sealed record LocalEndpoints(int Api, int Gateway, int Clusters)
{
    /// <summary>Those of a folder; free ones at the first time.</summary>
    public static async Task<LocalEndpoints> OpenAsync(string folder, CancellationToken cancellation)
    {
        DurableFile.CreateFolder(folder);
        var file = Path.Combine(folder, "endpoints.json");
        if (File.Exists(file))
        {
            try
            {
                if (JsonText.Parse(await File.ReadAllBytesAsync(file, cancellation)) is JsonObject known)
                    return new LocalEndpoints(Port(known, "api"), Port(known, "gateway"), Port(known, "clusters"));
            }
            catch (System.Text.Json.JsonException)
            {
                // Told below.
            }
            throw new InvalidDataException($"{file} cannot be read: remove it to get new ports");
        }
        var free = FreePorts(3);
        var made = new LocalEndpoints(free[0], free[1], free[2]);
        var text = new JsonObject { ["api"] = (long)made.Api, ["gateway"] = (long)made.Gateway, ["clusters"] = (long)made.Clusters };
        await DurableFile.WriteAsync(file, JsonText.ToUtf8(text), cancellation);
        return made;
    }

    private static int Port(JsonObject known, string name) => (int)(known.Member(name).AsInt64OrNull() ?? 0);

    /// <summary>All at once, so that they differ.</summary>
    private static int[] FreePorts(int count)
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
