using System.CommandLine;
using System.Text.Json.Nodes;
using Flotilla.Cli.Output;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Connections;

/// <summary>The hub as a command sees it: its Kubernetes API, found by a kubeconfig as kubectl finds it, and its gateway, found through the API.</summary>
internal sealed class HubConnection : IDisposable
{
    private readonly string? @namespace;
    private GatewayClient? gateway;

    private HubConnection(KubernetesClient api, string? ns)
    {
        Api = api;
        @namespace = ns;
    }

    public static Option<FileInfo?> KubeconfigOption { get; } =
        new("--kubeconfig") { Description = "kubeconfig of the hub; otherwise $KUBECONFIG, or ~/.kube/config.", HelpName = "FILE", Recursive = true };

    public static Option<string?> ContextOption { get; } = new("--context") { Description = "Context within the kubeconfig.", HelpName = "NAME", Recursive = true };

    public static Option<string?> NamespaceOption { get; } =
        new("--namespace", "-n") { Description = "Namespace; otherwise that of the context.", HelpName = "NAME", Recursive = true };

    public KubernetesClient Api { get; }

    /// <summary>The namespace that the user named, or that of the context.</summary>
    public string Namespace => @namespace ?? Api.Namespace;

    /// <exception cref="CommandException">There is no usable kubeconfig.</exception>
    public static HubConnection Open(ParseResult arguments)
    {
        try
        {
            var endpoint = Kubeconfig.Load(arguments.GetValue(KubeconfigOption)?.FullName, arguments.GetValue(ContextOption));
            return new HubConnection(
                new KubernetesClient(endpoint) { OnWarning = warning => arguments.Error.WriteLine($"warning: {warning}") },
                arguments.GetValue(NamespaceOption));
        }
        catch (EndpointException e)
        {
            throw new CommandException($"{e.Message}\nName the hub's kubeconfig with --kubeconfig FILE or KUBECONFIG; `flotilla up` and `flotilla hub` print where theirs is.", inner: e);
        }
    }

    /// <summary>The gateway that the hub tells of in its API.</summary>
    /// <exception cref="CommandException">No hub runs behind this API.</exception>
    public async Task<GatewayClient> GatewayAsync(CancellationToken cancellation)
    {
        if (gateway is not null)
            return gateway;
        var found = await Api.GetAsync(Kinds.ConfigMap, Kinds.SystemNamespace, "flotilla-hub", cancellation);
        var data = found.Object("data");
        if (!Uri.TryCreate(data.String("gateway"), UriKind.Absolute, out var address))
            throw new CommandException(
                $"{Api.Server} tells of no hub (ConfigMap {Kinds.SystemNamespace}/flotilla-hub): is this the kubeconfig of a hub, and has the hub run once?");
        var token = await Api.BearerTokenAsync(cancellation)
            ?? throw new CommandException("the hub's gateway wants a bearer token, and this kubeconfig signs in with a client certificate: use a user with a token.");
        return gateway = new GatewayClient(address, data.String("ca"), token);
    }

    /// <summary>All objects of a kind that the user may see: those of all namespaces, or of their own.</summary>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(ResourceReference kind, CancellationToken cancellation)
    {
        try
        {
            return (await Api.ListAsync(kind, null, ListOptions.All, cancellation)).Items;
        }
        catch (ApiStatusException e) when (e.Status.Code == 403)
        {
            return (await Api.ListAsync(kind, Namespace, ListOptions.All, cancellation)).Items;
        }
    }

    public void Dispose()
    {
        gateway?.Dispose();
        Api.Dispose();
    }
}
