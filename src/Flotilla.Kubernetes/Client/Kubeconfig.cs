using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

/// <summary>Reads kubeconfig files as kubectl does.</summary>
public static class Kubeconfig
{
    private const string Variable = "KUBECONFIG";

    /// <summary>The endpoint that a context describes.</summary>
    /// <param name="path">A file; null for those of the environment variable KUBECONFIG (a list, merged), or <c>~/.kube/config</c>.</param>
    /// <param name="context">Name of a context; null for the current one.</param>
    /// <exception cref="EndpointException">A file is missing or wrong: the message names file and field, and what to do.</exception>
    public static KubernetesEndpoint Load(string? path = null, string? context = null)
    {
        var sources = new KubeconfigSources();
        foreach (var (file, text) in path is null ? Usual() : [(Path.GetFullPath(path), Read(path))])
            sources.Add(text, file);
        return Endpoint(sources, context);
    }

    /// <summary>The endpoint that a context of a kubeconfig at hand describes.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="context">Name of a context; null for the current one.</param>
    /// <exception cref="EndpointException">Something is wrong: the message names the field and what to do.</exception>
    public static KubernetesEndpoint Parse(string text, string? context = null)
    {
        var sources = new KubeconfigSources();
        sources.Add(Encoding.UTF8.GetBytes(text), null);
        return Endpoint(sources, context);
    }

    private static List<(string File, byte[] Text)> Usual()
    {
        var listed = (Environment.GetEnvironmentVariable(Variable) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] paths = listed.Length > 0
            ? listed
            : [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config")];
        // As kubectl: of a list, some may be missing.
        var found = paths.Where(File.Exists).Select(p => (Path.GetFullPath(p), Read(p))).ToList();
        return found.Count > 0
            ? found
            : throw new EndpointException($"{string.Join(", ", paths)}: there is no such file; set {Variable}, or name a kubeconfig");
    }

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EndpointException($"{path}: cannot be read ({e.Message}); name a kubeconfig that is there and readable", e);
        }
    }

    private static KubernetesEndpoint Endpoint(KubeconfigSources sources, string? wanted)
    {
        var (context, cluster, user) = sources.Select(wanted);
        var endpoint = new KubernetesEndpoint
        {
            Server = cluster.Address("server", "https", "http") ?? throw cluster.Wrong("server", "is missing; give the server's address, as https://10.0.0.1:6443"),
            Authorities = Authorities(cluster),
            Insecure = cluster.Flag("insecure-skip-tls-verify"),
            TlsServerName = cluster.Text("tls-server-name"),
            Proxy = cluster.Address("proxy-url", "http", "https", "socks5"),
            Namespace = context.Text("namespace") ?? "default",
        };
        if (endpoint is { Insecure: true, Authorities: not null })
            throw cluster.Wrong("insecure-skip-tls-verify", "contradicts certificate-authority; remove one of them");
        return user is null ? endpoint : SignIn(endpoint, user);
    }

    private static KubernetesEndpoint SignIn(KubernetesEndpoint endpoint, KubeconfigEntry user)
    {
        if (user.Body.ContainsKey("auth-provider"))
            throw user.Wrong("auth-provider", "Kubernetes itself dropped these in 1.26; use \"exec\" with the provider's sign-in program, or a token");
        if (user.Text("username") is not null)
            throw user.Wrong("username", "Kubernetes dropped passwords in 1.19; use a token, a client certificate or \"exec\"");
        if (user.Text("as") is not null)
            throw user.Wrong("as", "impersonation is not supported; sign in as that user");
        return endpoint with
        {
            Token = user.Text("token"),
            TokenFile = user.Text("token") is null ? user.Path("tokenFile") : null,
            ClientCertificate = ClientCertificate(user),
            SignIn = user.Body.Object("exec") is { } exec ? Plugin(user, exec) : null,
        };
    }

    private static X509Certificate2Collection? Authorities(KubeconfigEntry cluster)
    {
        if (cluster.Content("certificate-authority") is not { } pem)
            return null;
        try
        {
            return Certificates.AuthoritiesOfPem(pem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw cluster.Wrong(Given(cluster, "certificate-authority"), $"holds no certificates in PEM ({e.Message})", e);
        }
    }

    private static X509Certificate2? ClientCertificate(KubeconfigEntry user)
    {
        var (certificate, key) = (user.Content("client-certificate"), user.Content("client-key"));
        if (certificate is null && key is null)
            return null;
        if (certificate is null)
            throw user.Wrong("client-certificate", "is missing, though there is a client-key; give both or neither");
        if (key is null)
            throw user.Wrong("client-key", "is missing, though there is a client-certificate; give both or neither");
        try
        {
            return Certificates.OfPem(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw user.Wrong(Given(user, "client-certificate"), $"and client-key are no certificate with its key in PEM ({e.Message})", e);
        }
    }

    private static string Given(KubeconfigEntry entry, string key) => entry.Text(key + "-data") is null ? key : key + "-data";

    private static ExecPlugin Plugin(KubeconfigEntry user, JsonObject body)
    {
        var exec = user with { Field = user.Field + ".exec", Body = body };
        var version = exec.Text("apiVersion") ?? throw exec.Wrong("apiVersion", "is missing; give client.authentication.k8s.io/v1");
        if (version is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
            throw exec.Wrong("apiVersion", $"\"{version}\" is not known; use client.authentication.k8s.io/v1 (newer sign-in programs have it)");
        var command = exec.Text("command") ?? throw exec.Wrong("command", "is missing; name the sign-in program");
        var mode = exec.Text("interactiveMode") ?? "IfAvailable";
        if (mode == "Always" && Console.IsInputRedirected)
            throw exec.Wrong("interactiveMode", "the sign-in program wants a terminal, and there is none; sign in by hand, or use a token");
        return new ExecPlugin(command.Contains('/', StringComparison.Ordinal) || command.Contains(Path.DirectorySeparatorChar) ? exec.Rooted(command) : command)
        {
            ApiVersion = version,
            Arguments = [.. (body.Array("args") ?? []).Select((a, i) => a.AsStringOrNull() ?? throw exec.Wrong($"args[{i}]", "must be a string: put it in quotes"))],
            Environment = Variables(exec),
            Interactive = mode != "Never" && !Console.IsInputRedirected,
            ProvideClusterInfo = exec.Flag("provideClusterInfo"),
            InstallHint = exec.Text("installHint"),
            Origin = exec.Where(),
        };
    }

    private static Dictionary<string, string> Variables(KubeconfigEntry exec)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var list = exec.Body.Array("env") ?? [];
        for (var i = 0; i < list.Count; i++)
            found[list[i].String("name") ?? throw exec.Wrong($"env[{i}].name", "is missing")] = list[i].String("value") ?? "";
        return found;
    }
}
