using System.CommandLine;
using System.Net;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Hubs;
using Flotilla.Cli.Output;
using Flotilla.Hub.Hosting;
using Flotilla.Hub.Identity;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla hub</c>: the hub as a process, on an API of its own or on another cluster's.</summary>
internal static class HubCommand
{
    private static readonly Option<DirectoryInfo> Data = new("--data")
    {
        Description = "Folder for keys, content, ledger and the embedded API; made when missing.",
        HelpName = "DIR",
        Required = true,
    };

    private static readonly Option<string> Listen = new("--listen")
    {
        Description = "Where sites reach the gateway.",
        HelpName = "ADDRESS:PORT",
        DefaultValueFactory = _ => "0.0.0.0:8443",
    };

    private static readonly Option<string?> Advertise = new("--advertise") { Description = "The address that sites are told; otherwise the one listened on.", HelpName = "URL" };
    private static readonly Option<int> ApiPort = new("--api-port") { Description = "Port of the embedded API on 127.0.0.1; 0 takes a free one.", HelpName = "PORT", DefaultValueFactory = _ => 6443 };

    private static readonly Option<string> Ledger = new("--ledger")
    {
        Description = "\"sqlite\" keeps the ledger in the data folder; otherwise a connection string of PostgreSQL.",
        HelpName = "LEDGER",
        DefaultValueFactory = _ => "sqlite",
    };

    private static readonly Option<DirectoryInfo?> Mirror = new("--mirror") { Description = "Folder that serves sources by digest.", HelpName = "DIR" };
    private static readonly Option<bool> Offline = new("--offline") { Description = "Fetch no sources over the network." };

    private static readonly Option<bool> AllowLocalWebhooks = new("--allow-local-webhooks") { Description = "Let webhooks of rollouts lead to addresses of this host, which is refused otherwise." };

    public static Command Create()
    {
        var command = new Command("hub", "Run a hub. With --kubeconfig it uses that cluster's API; otherwise it brings one.")
        {
            Data, Listen, Advertise, ApiPort, Ledger, Mirror, Offline, AllowLocalWebhooks,
            HubInstallCommand.Create(),
        };
        foreach (var more in HubKeysCommand.Create().Concat(HubHoldCommand.Create()))
            command.Add(more);
        command.SetAction((arguments, cancellation) => CommandRunner.GuardAsync(() => RunAsync(arguments, cancellation), arguments.Error, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        using var termination = new Termination(cancellation);
        var stop = termination.Token;
        // Only a kubeconfig that is named here: one of the environment belongs to the user's other commands.
        using var other = arguments.GetValue(HubConnection.KubeconfigOption) is { } file ? Open(file, arguments.GetValue(HubConnection.ContextOption)) : null;
        var options = Options(arguments, other);
        HubHost hub;
        try
        {
            hub = await HubHost.StartAsync(options, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or LedgerException or HubIdentityException or TimeoutException)
        {
            throw new CommandException(e.Message, inner: e);
        }
        await using (hub)
        {
            if (hub.ApiAddress is { } api)
            {
                arguments.Out.WriteLine($"Kubernetes API at {api.GetLeftPart(UriPartial.Authority)}");
                arguments.Out.WriteLine($"kubeconfig: {options.KubeconfigFile} (try: kubectl --kubeconfig {options.KubeconfigFile} get fleets -A)");
            }
            arguments.Out.WriteLine($"gateway at {hub.Gateway.Address.GetLeftPart(UriPartial.Authority)}");
            await Task.WhenAny(hub.Completion, Task.Delay(Timeout.Infinite, stop));
            // Controllers that end by themselves ended by a failure, which is told here.
            if (!stop.IsCancellationRequested)
                await hub.Completion;
        }
        return ExitCodes.Done;
    }

    private static HubOptions Options(ParseResult arguments, KubernetesClient? other)
    {
        var data = arguments.GetValue(Data)!.FullName;
        if (!IPEndPoint.TryParse(arguments.GetValue(Listen)!, out var listen))
            throw new CommandException($"--listen {arguments.GetValue(Listen)}: write an address and a port, as 0.0.0.0:8443", ExitCodes.Usage);
        Uri? advertise = null;
        if (arguments.GetValue(Advertise) is { } text && (!Uri.TryCreate(text, UriKind.Absolute, out advertise) || advertise.Scheme != Uri.UriSchemeHttps))
            throw new CommandException($"--advertise {text}: write an address as https://hub.example.com:8443", ExitCodes.Usage);
        return new HubOptions
        {
            DataFolder = data,
            Api = other,
            ApiPort = arguments.GetValue(ApiPort),
            KubeconfigFile = other is null ? Path.Combine(data, "kubeconfig") : null,
            Listen = listen,
            Advertise = advertise,
            Postgres = arguments.GetValue(Ledger) is { } ledger and not "sqlite" ? ledger : null,
            Mirror = arguments.GetValue(Mirror)?.FullName,
            Online = !arguments.GetValue(Offline),
            AllowLocalWebhooks = arguments.GetValue(AllowLocalWebhooks),
            Logging = new ConsoleErrorLogging(),
        };
    }

    private static KubernetesClient Open(FileInfo kubeconfig, string? context)
    {
        try
        {
            return new KubernetesClient(Kubeconfig.Load(kubeconfig.FullName, context));
        }
        catch (EndpointException e)
        {
            throw new CommandException(e.Message, inner: e);
        }
    }
}
