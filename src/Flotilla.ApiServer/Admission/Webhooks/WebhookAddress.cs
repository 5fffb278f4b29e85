using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>Where a webhook is called (<c>clientConfig</c>): a URL, or a Service of the cluster. Equal addresses share connections.</summary>
/// <param name="Url">What is posted to; the host of a service is <c>NAME.NAMESPACE.svc</c>, the name its certificate must have.</param>
/// <param name="CaBundle">Base64 of PEM certificates that the webhook's chain must end in; empty for those that the system trusts.</param>
/// <param name="Service">The service behind the URL; null when the URL stands for itself.</param>
internal sealed record WebhookAddress(Uri Url, string CaBundle, ServiceAddress? Service)
{
    /// <summary>Reads a client configuration; null when it names neither a service nor a URL that can be called.</summary>
    public static WebhookAddress? Read(JsonObject? config)
    {
        var authorities = config.String("caBundle") ?? "";
        if (config.Object("service") is { } reference)
        {
            var service = new ServiceAddress(
                reference.String("namespace") ?? "", reference.String("name") ?? "", (int)(reference.Member("port").AsInt64OrNull() ?? 443));
            var path = (reference.String("path") ?? "").TrimStart('/');
            return Uri.TryCreate($"https://{service.Host}:{service.Port}/{path}", UriKind.Absolute, out var address)
                ? new WebhookAddress(address, authorities, service)
                : null;
        }
        return Uri.TryCreate(config.String("url"), UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps
            ? new WebhookAddress(url, authorities, null)
            : null;
    }

    /// <summary>The URL of one call; <c>timeout</c> tells the webhook how long it may take.</summary>
    public string Call(TimeSpan timeout)
    {
        // Go keeps the port of a service in the URL even when it is the default one, and error messages show it.
        var authority = Service is null ? Url.Authority : $"{Service.Host}:{Service.Port}";
        return $"https://{authority}{Url.AbsolutePath}?timeout={(long)Math.Ceiling(timeout.TotalSeconds)}s";
    }
}

/// <summary>A port of a Service.</summary>
internal sealed record ServiceAddress(string Namespace, string Name, int Port)
{
    public string Host => $"{Name}.{Namespace}.svc";
}
