using System.CommandLine;
using System.Globalization;
using Flotilla.ApiServer;
using Flotilla.Cli.Hubs;
using Flotilla.Cli.Output;
using Flotilla.Kubernetes.Text;
using Flotilla.Simulation;
using Flotilla.Simulation.Workloads;

namespace Flotilla.Cli.Commands;

/// <summary><c>flotilla apiserver</c>: the embedded Kubernetes API server as a process of its own.</summary>
internal static class ApiServerCommand
{
    private static readonly Option<int> Port = Number("--port", "TCP port on 127.0.0.1; 0 takes a free one.", "PORT", 65535);
    private static readonly Option<DirectoryInfo?> Data = new("--data") { Description = "Folder for objects and keys; made when missing.", HelpName = "DIR" };
    private static readonly Option<bool> Memory = new("--memory") { Description = "Keep everything in memory, and nothing afterwards." };
    private static readonly Option<string?> Token = new("--token") { Description = "Bearer token of the administrator (group system:masters). Without it one is made." };
    private static readonly Option<string[]> User = new("--user")
    {
        Description = "A user who may do what RBAC gives them; may be given several times.",
        HelpName = "NAME=TOKEN[:GROUP,...]",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<FileInfo?> KubeconfigOut = new("--kubeconfig-out") { Description = "Where to write a kubeconfig of the administrator.", HelpName = "FILE" };
    private static readonly Option<int> Clusters = Number(
        "--clusters", "How many virtual clusters to serve at /clusters/NAME (cluster-1 …); the kubeconfig has a context for each.", "N", 100_000);

    private static readonly Option<bool> SimulateWorkloads = new("--simulate-workloads")
    {
        Description = "Play the part of nodes in the virtual clusters: workloads become ready, claims bound. For tests and demonstrations.",
    };

    private static readonly Option<string> ReadyAfter = new("--ready-after")
    {
        Description = "How long simulated workloads take.",
        HelpName = "DURATION",
        DefaultValueFactory = _ => "3s",
    };

    private static readonly Option<string[]> MissingImage = new("--missing-image")
    {
        Description = "Images whose names begin so cannot be pulled: simulated workloads with one never become ready; may be given several times.",
        HelpName = "PREFIX",
        DefaultValueFactory = _ => [],
    };

    public static Command Create()
    {
        var command = new Command("apiserver", "Run an embedded Kubernetes API server.")
        {
            Port, Data, Memory, Token, User, KubeconfigOut, Clusters, SimulateWorkloads, ReadyAfter, MissingImage,
        };
        command.Validators.Add(result =>
        {
            var data = result.GetValue(Data);
            if (data is null == !result.GetValue(Memory))
                result.AddError("Say where to keep the data: either --data DIR or --memory.");
            if (result.GetValue(ReadyAfter) is { } after && GoDuration.ParseTimeSpan(after) is null)
                result.AddError($"--ready-after {result.GetValue(ReadyAfter)}: write a duration as 500ms or 3s.");
            foreach (var user in result.GetValue(User) ?? [])
            {
                if (ParseUser(user) is null)
                    result.AddError($"--user {user}: write NAME=TOKEN or NAME=TOKEN:GROUP,GROUP.");
            }
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var basis = arguments.GetValue(SimulateWorkloads)
            ? SimulatedClusters.Options(
                TimeProvider.System,
                new WorkloadBehaviour { ReadyAfter = GoDuration.ParseTimeSpan(arguments.GetValue(ReadyAfter))!.Value, MissingImages = arguments.GetValue(MissingImage) ?? [] })
            : new KubernetesApiOptions();
        var options = basis with
        {
            Listen = true,
            Port = arguments.GetValue(Port),
            DataFolder = arguments.GetValue(Data)?.FullName,
            Token = arguments.GetValue(Token),
            Users = [.. (arguments.GetValue(User) ?? []).Select(u => ParseUser(u)!)],
            KubeconfigFile = arguments.GetValue(KubeconfigOut)?.FullName,
            Clusters = [.. Enumerable.Range(1, arguments.GetValue(Clusters)).Select(i => $"cluster-{i}")],
            Logging = new ConsoleErrorLogging(),
        };
        KubernetesApi api;
        try
        {
            api = await KubernetesApi.StartAsync(options, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await arguments.Error.WriteLineAsync($"flotilla: {e.Message}");
            return 1;
        }
        await using (api)
        {
            arguments.Out.WriteLine($"Kubernetes API at {api.Address.GetLeftPart(UriPartial.Authority)}");
            if (options.KubeconfigFile is { } file)
                arguments.Out.WriteLine($"kubeconfig: {file} (try: kubectl --kubeconfig {file} get namespaces)");
            else if (options.Token is null)
                arguments.Out.WriteLine($"token: {api.Token}");
            using var termination = new Termination(cancellation);
            await Task.Delay(Timeout.Infinite, termination.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return 0;
    }

    private static Option<int> Number(string name, string description, string helpName, int most) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => 0,
        CustomParser = argument =>
        {
            if (int.TryParse(argument.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most)
                return number;
            argument.AddError($"{name} is a number from 0 to {most}.");
            return 0;
        },
    };

    /// <summary>NAME=TOKEN[:GROUP,…]; null when it is not that.</summary>
    private static KubernetesApiUser? ParseUser(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || equals == text.Length - 1)
            return null;
        var rest = text[(equals + 1)..].Split(':', 2);
        var groups = rest.Length == 2 ? rest[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
        return rest[0].Length == 0 ? null : new KubernetesApiUser(text[..equals], rest[0], groups);
    }
}
