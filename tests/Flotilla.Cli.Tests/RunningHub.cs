using System.Net;
using System.Security.Cryptography;
using System.Text;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Cli.Connections;
using Flotilla.Content.Trust;
using Flotilla.Hub.Hosting;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Tests;

/// <summary>A hub in memory that listens, a folder for the files of its users, and the command line.</summary>
internal sealed class RunningHub : IAsyncDisposable
{
    private readonly DirectoryInfo folder;

    private RunningHub(HubHost hub, DirectoryInfo folder) => (Hub, this.folder) = (hub, folder);

    public HubHost Hub { get; }

    public string Kubeconfig => Path.Combine(folder.FullName, "kubeconfig");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RunningHub> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("flotilla-cli");
        var options = new HubOptions
        {
            Online = false,
            ApiPort = 0,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            KubeconfigFile = Path.Combine(folder.FullName, "kubeconfig"),
        };
        return new RunningHub(await HubHost.StartAsync(options, Cancellation), folder);
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>Runs a command as this hub's administrator, in namespace <c>retail</c>.</summary>
    public Task<CommandResult> RunAsync(params string[] arguments) => CommandResult.OfAsync([.. arguments, "--kubeconfig", Kubeconfig, "-n", "retail"]);

    /// <summary>Writes a file.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string content)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Three stores and a fleet of them, applied with the command line, and compiled by the hub.</summary>
    public async Task DeclareStoresAsync(string version = "1.0.0")
    {
        (await RunAsync("apply", "-f", Write("stores.yaml", Stores.Yaml(version)))).MustSucceed();
        await SeeAsync(Kinds.Fleet, "stores", fleet => fleet.Object("status").Object("revision").String("current") is not null);
    }

    /// <summary>Enrols a site that then tells how things stand with it.</summary>
    public async Task SpeakAsync(string site, SiteReport report, params IReadOnlyList<JournalEntry> entries)
    {
        var name = new SiteName("retail", site);
        if (await Hub.Ledger.KeysAsync(name, Cancellation) is null)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(site)));
            using var signing = SigningKey.Create();
            using var opening = SealingKey.Create();
            await Hub.Ledger.AddTokenAsync(new EnrolmentToken(hash, name, DateTimeOffset.MaxValue), Cancellation);
            await Hub.Ledger.EnrolAsync(hash, new SiteKeys(signing.KeyId, signing.PublicKey.ToJwk(), opening.PublicKey.ToJwk(), DateTimeOffset.UtcNow), DateTimeOffset.UtcNow, Cancellation);
        }
        var request = new SyncRequest { Agent = "0.1.0", Journal = "journal", Entries = entries, ReportDigest = $"report-{Guid.NewGuid()}", Report = report };
        await Hub.Ledger.SyncAsync(name, request, DateTimeOffset.UtcNow, Cancellation);
    }

    /// <summary>A site tells how things stand with it after it took what the hub has for it.</summary>
    public async Task TakeAsync(string site, SiteReport report)
    {
        await SpeakAsync(site, new SiteReport());
        await SeeAsync(Kinds.Site, site, s => s.Object("status").Object("target").String("release") is not null);
        var name = new SiteName("retail", site);
        var target = (await Hub.Ledger.TargetAsync(name, Cancellation))!;
        var request = new SyncRequest { Agent = "0.1.0", Epoch = target.Epoch, Sequence = target.Sequence, ReportDigest = $"report-{Guid.NewGuid()}", Report = report with { Epoch = target.Epoch, Sequence = target.Sequence } };
        await Hub.Ledger.SyncAsync(name, request, DateTimeOffset.UtcNow, Cancellation);
    }

    /// <summary>Waits, by a watch, until an object is as wanted.</summary>
    public async Task<System.Text.Json.Nodes.JsonObject> SeeAsync(ResourceReference kind, string name, Func<System.Text.Json.Nodes.JsonObject, bool> wanted)
    {
        while (true)
        {
            await foreach (var change in Hub.Api.WatchAsync(kind, "retail", new WatchOptions { FieldSelector = $"metadata.name={name}" }, Cancellation))
            {
                if (change.Type is WatchEventType.Added or WatchEventType.Modified && wanted(change.Object))
                    return change.Object;
            }
        }
    }
}
