using System.Security.Cryptography.X509Certificates;

namespace Flotilla.Kubernetes.Client;

/// <summary>Where a Kubernetes API is and how to sign in: from <see cref="Kubeconfig"/>, <see cref="InCluster"/>, or put together.</summary>
public sealed record KubernetesEndpoint
{
    /// <summary>Address of the server, maybe with a path before that of the API, as <c>https://10.0.0.1:6443/clusters/a</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>Certificates that the server's chain ends in; null for those that the system trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>A bearer token.</summary>
    public string? Token { get; init; }

    /// <summary>A file with the bearer token, read again each minute and after a refusal; comes before <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }

    /// <summary>A certificate with its private key.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>A program that gives credentials.</summary>
    public ExecPlugin? SignIn { get; init; }

    /// <summary>Where objects go that name no namespace.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Takes any certificate of the server: anybody in between can read and change everything.</summary>
    public bool Insecure { get; init; }

    /// <summary>A proxy (http, https, socks5); null takes what the environment says.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The name that the server's certificate is for, when it is not that of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>How long an answer may take; watches excepted.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
