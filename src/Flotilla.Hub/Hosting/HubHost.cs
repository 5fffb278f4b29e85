using System.Security.Cryptography;
using System.Text;
using Flotilla.Api.Sites;
using Flotilla.ApiServer;
using Flotilla.ApiServer.Storage;
using Flotilla.Content;
using Flotilla.Content.Trust;
using Flotilla.Hub.Components;
using Flotilla.Hub.Fleets;
using Flotilla.Hub.Gateway;
using Flotilla.Hub.Identity;
using Flotilla.Hub.Ledger;
using Flotilla.Hub.Restores;
using Flotilla.Hub.Rollouts;
using Flotilla.Kubernetes.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.Hub.Hosting;

/// <summary>A hub in this process: API, ledger, content, gateway and controllers. <c>await using var hub = await HubHost.StartAsync(new());</c></summary>
public sealed class HubHost : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> parts = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider time;
    private KubernetesApi? embedded;
    private HubStanding? standing;
    private volatile HubControllers? controllers;

    private HubHost(TimeProvider time) => this.time = time;

    /// <summary>The hub's API.</summary>
    public KubernetesClient Api { get; private set; } = null!;

    /// <summary>Address of the embedded API; null when the hub uses another cluster's.</summary>
    public Uri? ApiAddress => embedded?.Address;

    /// <summary>Bearer token of the embedded API's administrator; null when the hub uses another cluster's.</summary>
    public string? ApiToken => embedded?.Token;

    public HubGateway Gateway { get; private set; } = null!;

    public HubKeys Keys { get; private set; } = null!;

    public ILedger Ledger { get; private set; } = null!;

    public IContentStore Content { get; private set; } = null!;

    /// <summary>Ends when everything that is declared is known and the controllers work on it.</summary>
    public Task Synced => synced.Task;

    /// <summary>Ends when the controllers do: with the hub, or by a failure that nothing can be done about.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>A way into the embedded API without sockets.</summary>
    /// <exception cref="InvalidOperationException">The hub uses another cluster's API.</exception>
    public HttpMessageHandler CreateApiHandler() =>
        embedded?.CreateHandler() ?? throw new InvalidOperationException("this hub uses another cluster's API: reach it through that cluster's address");

    /// <summary>A token with which a site can enrol once, within a day.</summary>
    public async Task<string> NewTokenAsync(SiteName site, CancellationToken cancellation)
    {
        var token = EnrolmentTokens.New(Keys);
        await Ledger.AddTokenAsync(new EnrolmentToken(EnrolmentTokens.Hash(token), site, time.GetUtcNow() + TimeSpan.FromDays(1)), cancellation);
        return token;
    }

    /// <summary>Starts a hub; it serves when the task ends, and its controllers are at work soon after (<see cref="Synced"/>).</summary>
    /// <exception cref="IOException">A port is taken, or the data folder is in use or damaged.</exception>
    /// <exception cref="LedgerException">The ledger cannot be opened.</exception>
    /// <exception cref="HubIdentityException">The keys cannot be used.</exception>
    public static async Task<HubHost> StartAsync(HubOptions options, CancellationToken cancellation)
    {
        var host = new HubHost(options.Time);
        try
        {
            await host.OpenAsync(options, options.Logging ?? NullLoggerFactory.Instance, cancellation);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops controllers, gateway and API, and closes what was opened. What was acknowledged is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (parts.TryPop(out var part))
            await part.DisposeAsync();
        stopping.Dispose();
    }

    private async Task OpenAsync(HubOptions options, ILoggerFactory logging, CancellationToken cancellation)
    {
        if (options.DataFolder is { } own)
        {
            // First of all: two hubs must not make keys in one folder, nor share its ledger, whoever's API they use.
            DurableFile.CreateFolder(own);
            Own(FolderLock.Take(own));
        }
        Keys = Own(options.DataFolder is { } folder
            ? await new HubKeyFolder(folder).InitAsync(options.Time, cancellation)
            : HubKeys.InMemory(options.Time));
        await OpenApiAsync(options, cancellation);
        Ledger = await OpenLedgerAsync(options, logging.CreateLogger("Flotilla.Hub.Ledger"), cancellation);
        parts.Push(Ledger);
        standing = new HubStanding(Keys, Ledger, options.Time);
        await standing.OpenAsync(cancellation);
        Content = options.DataFolder is { } data ? await FolderContentStore.OpenAsync(Path.Combine(data, "content"), cancellation) : new MemoryContentStore();
        await HubInstallation.InstallAsync(Api, options.Time, cancellation);
        Gateway = await HubGateway.StartAsync(
            new GatewayOptions
            {
                Keys = Keys,
                Ledger = Ledger,
                Content = Content,
                Api = Api,
                Time = options.Time,
                Logging = logging,
                Listen = options.Listen,
                Advertise = options.Advertise,
                // Before everything that is declared is known, a forecast would leave out what is not.
                Foresee = () => synced.Task.IsCompletedSuccessfully ? controllers?.Forecasts : null,
            },
            cancellation);
        parts.Push(Gateway);
        await HubInstallation.TellAsync(Api, Gateway.Address, Keys.Hub, Keys.Root.KeyId, Keys.AuthorityPem, cancellation);
        Completion = RunAsync(options, logging);
    }

    private async Task OpenApiAsync(HubOptions options, CancellationToken cancellation)
    {
        if (options.Api is { } other)
        {
            Api = other;
            return;
        }
        embedded = await KubernetesApi.StartAsync(
            new KubernetesApiOptions
            {
                Listen = options.ApiPort is not null,
                Port = options.ApiPort ?? 0,
                DataFolder = options.DataFolder is { } folder ? Path.Combine(folder, "api") : null,
                Token = options.ApiToken ?? await TokenAsync(options.DataFolder, cancellation),
                KubeconfigFile = options.KubeconfigFile,
                Time = options.Time,
                Logging = options.Logging,
            },
            cancellation);
        parts.Push(embedded);
        Api = Own(new KubernetesClient(embedded.CreateHandler(), embedded.Address, options.Time, embedded.Token));
    }

    /// <summary>A token that is made once, so that a kubeconfig that was copied elsewhere goes on working; null for a hub in memory.</summary>
    private static async Task<string?> TokenAsync(string? data, CancellationToken cancellation)
    {
        if (data is null)
            return null;
        var file = Path.Combine(data, "keys", "api-token");
        if (File.Exists(file))
            return (await File.ReadAllTextAsync(file, cancellation)).Trim();
        var token = RandomNumberGenerator.GetHexString(48, lowercase: true);
        await DurableFile.WriteAsync(file, Encoding.ASCII.GetBytes(token), cancellation, DurableFile.Private);
        return token;
    }

    private static Task<ILedger> OpenLedgerAsync(HubOptions options, ILogger logger, CancellationToken cancellation) => options switch
    {
        { Postgres: { } connection } => PostgresLedger.OpenAsync(connection, options.Time, logger, cancellation),
        { DataFolder: { } folder } => SqliteLedger.OpenAsync(Path.Combine(folder, "ledger.db"), options.Time, logger, cancellation),
        _ => Task.FromResult(SqliteLedger.InMemory(options.Time, logger)),
    };

    private async Task RunAsync(HubOptions options, ILoggerFactory logging)
    {
        var random = new Random();
        using var web = options.Online ? WebSources.Create() : null;
        using var hooks = options.Online ? HookWire.Create(options.AllowLocalWebhooks) : null;
        var signer = new EnvelopeSigner(Keys);
        var signing = new HubSigning(
            Keys.Hub, Keys.Epoch, signer.Sign, static (key, value, name) => Sealing.Seal(PublicKey.FromJwk(key), value, name))
        {
            Grant = Keys.Epoch > 1 ? Keys.EpochEnvelope.ToElement() : null,
            Home = options.Advertise?.GetLeftPart(UriPartial.Authority),
            KeyId = Keys.Signing.KeyId,
            TrustedKeys = [.. Keys.KeySet.Keys.Select(k => k.KeyId)],
        };
        var leases = options.Api is null ? null : new LeasedFleets(
            new LeaseSet(Api, new LeaseOptions { Identity = $"{Environment.MachineName}_{Guid.NewGuid():N}", Namespace = HubResources.SystemNamespace }, options.Time, random),
            Ledger, fleet => controllers!.TermChanged(fleet));
        using (var running = controllers = new HubControllers(Api, Ledger, Content, signing, standing!, leases, web, hooks, options.Mirror, options.Time, random, logging))
        {
            try
            {
                await running.RunAsync(() => synced.TrySetResult(), stopping.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
            }
            finally
            {
                synced.TrySetCanceled(CancellationToken.None);
            }
        }
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        parts.Push(new Owned(part));
        return part;
    }

    private sealed class Owned(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
