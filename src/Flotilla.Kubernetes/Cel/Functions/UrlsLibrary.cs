using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Values;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Kubernetes' functions on URLs: <c>url isURL getScheme getHost getHostname getPort getEscapedPath getQuery</c>.</summary>
internal static class UrlsLibrary
{
    public static void Declare(FunctionTable table)
    {
        var query = CelType.Map(CelType.String, CelType.List(CelType.String));
        table.Global("url", "string_to_url", [CelType.String], CelUrl.CelType, static (_, a) => CelUrl.Parse(a[0].String));
        table.Global("isURL", "is_url_string", [CelType.String], CelType.Bool, static (_, a) => CelValue.Of(Schemas.Formats.Uris.IsRequestUri(a[0].String)));
        Part("getScheme", "url_get_scheme", static url => url.Scheme);
        Part("getHost", "url_get_host", static url => url.Host);
        Part("getHostname", "url_get_hostname", static url => url.HostName);
        Part("getPort", "url_get_port", static url => url.Port);
        Part("getEscapedPath", "url_get_escaped_path", static url => url.Path);
        table.Member("getQuery", "url_get_query", [CelUrl.CelType], query, static (_, a) => CelValue.Of(((CelUrl)a[0].Opaque).Query()));

        void Part(string function, string id, Func<CelUrl, string> part) =>
            table.Member(function, id, [CelUrl.CelType], CelType.String, (_, a) => CelValue.Of(part((CelUrl)a[0].Opaque)));
    }
}
