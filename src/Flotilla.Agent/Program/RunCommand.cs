using System.Runtime.InteropServices;
using Flotilla.Agent.State;
using Flotilla.Agent.Syncing;
using Flotilla.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Flotilla.Agent.Program;

/// <summary><c>flotilla-agent run</c>.</summary>
internal static partial class RunCommand
{
    public static async Task<int> RunAsync(AgentArguments arguments)
    {
        var logger = new LineLogger(arguments["log"] == "json", TimeProvider.System);
        // Never disposed: a signal may come once more while the process ends.
        var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await RunAsync(arguments, logger, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogStopped(logger);
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EndpointException or SyncFailure or InvalidDataException)
        {
            LogFailed(logger, e.Message);
            return 1;
        }
    }

    private static async Task<int> RunAsync(AgentArguments arguments, LineLogger logger, CancellationToken cancellation)
    {
        var folder = arguments["state"]!;
        await using var state = await FolderState.OpenAsync(folder, TimeProvider.System, cancellation);
        var address = arguments["hub"] ?? state.Identity?.Address
            ?? throw new InvalidDataException("this agent knows no hub yet: say --hub URL and --token TOKEN, as `flotilla site enrol NAME` prints them");
        if (!Uri.TryCreate(address, UriKind.Absolute, out var hub) || hub.Scheme is not ("https" or "http"))
            throw new InvalidDataException($"--hub {address} is no address as https://hub.example.com:8443");
        var authority = arguments["ca-file"] is { } file ? await File.ReadAllTextAsync(file, cancellation) : state.Identity?.Authority;
        using var hubTransport = HubTransport.Create(hub, authority, arguments["token"], HubProxy.Parse(arguments["proxy"]));
        using var transport = new HttpMessageInvoker(hubTransport, disposeHandler: false);
        using var cluster = new KubernetesClient(Cluster(arguments));
        LogStarted(logger, AgentVersion.Text, hub, cluster.Server, folder);
        var agent = new SiteAgent(new SiteAgentOptions
        {
            Hub = transport,
            HubAddress = hub,
            Cluster = cluster,
            State = state,
            Seed = Random.Shared.Next(),
            Token = arguments["token"],
            Authority = () => hubTransport.Authority,
            Logger = logger,
            Wire = () => hubTransport.Wire,
        });
        await agent.RunAsync(cancellation);
        return 0;
    }

    private static KubernetesEndpoint Cluster(AgentArguments arguments) =>
        arguments["kubeconfig"] is null && InCluster.IsHere ? InCluster.Load() : Kubeconfig.Load(arguments["kubeconfig"], arguments["context"]);

    [LoggerMessage(Level = LogLevel.Information, Message = "flotilla-agent {Version}: hub {Hub}, cluster {Cluster}, state {Folder}")]
    private static partial void LogStarted(ILogger logger, string version, Uri hub, Uri cluster, string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped")]
    private static partial void LogStopped(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Why}")]
    private static partial void LogFailed(ILogger logger, string why);
}
