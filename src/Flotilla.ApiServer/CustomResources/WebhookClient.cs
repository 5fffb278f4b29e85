using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>Where a conversion webhook is: a URL, or a service in the cluster.</summary>
internal static class WebhookClient
{
    private const string Form = "; desired format: https://host[/path]";

    public static void Validate(FieldProblems problems, FieldPath path, JsonObject client)
    {
        var url = client.String("url");
        var service = client.Object("service");
        if ((url is null) == (service is null))
            problems.Required(path, "exactly one of url or service is required");
        else if (url is not null)
            Url(problems, path["url"], url);
        else
            Service(problems, path["service"], service!);
    }

    private static void Url(FieldProblems problems, FieldPath path, string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
        {
            if (url.Contains("://", StringComparison.Ordinal))
            {
                problems.Required(path, $"url must be a valid URL: parse {Flotilla.Kubernetes.Errors.FieldError.Quote(url)}: invalid URL{Form}");
                return;
            }
            problems.Invalid(path, "", $"'https' is the only allowed URL scheme{Form}");
            problems.Invalid(path, "", $"host must be specified{Form}");
            return;
        }
        if (uri.Scheme != "https")
            problems.Invalid(path, uri.Scheme, $"'https' is the only allowed URL scheme{Form}");
        if (uri.Host.Length == 0)
            problems.Invalid(path, "", $"host must be specified{Form}");
        if (uri.UserInfo.Length > 0)
            problems.Invalid(path, uri.UserInfo, "user information is not permitted in the URL");
        if (uri.Fragment.Length > 1)
            problems.Invalid(path, uri.Fragment[1..], "fragments are not permitted in the URL");
        if (uri.Query.Length > 1)
            problems.Invalid(path, uri.Query[1..], "query parameters are not permitted in the URL");
    }

    private static void Service(FieldProblems problems, FieldPath path, JsonObject service)
    {
        // kube-apiserver hands name and namespace over in the wrong order here.
        if (string.IsNullOrEmpty(service.String("namespace")))
            problems.Required(path["name"]);
        if (string.IsNullOrEmpty(service.String("name")))
            problems.Required(path["namespace"]);
        if (service.Member("port").AsInt64OrNull() is { } port and not (>= 1 and <= 65535))
            problems.Invalid(path["port"], port, "port is not valid: must be between 1 and 65535, inclusive");
        if (service.String("path") is { Length: > 0 } urlPath and not "/")
            UrlPath(problems, path["path"], urlPath);
    }

    private static void UrlPath(FieldProblems problems, FieldPath path, string value)
    {
        if (value == "//")
        {
            problems.Invalid(path, value, "segment[0] may not be empty");
            return;
        }
        if (value[0] != '/')
            problems.Invalid(path, value, "must start with a '/'");
        var segments = (value.EndsWith('/') ? value[1..^1] : value[1..]).Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].Length == 0)
                problems.Invalid(path, value, $"segment[{i}] may not be empty");
            else
                problems.Invalid(path, value, Names.DnsSubdomainProblems(segments[i]).Select(problem => $"segment[{i}]: {problem}"));
        }
    }
}
