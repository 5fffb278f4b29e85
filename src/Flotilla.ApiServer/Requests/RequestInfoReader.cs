using Flotilla.ApiServer.Kinds;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Requests;

/// <summary>
/// Reads a <see cref="RequestInfo"/> from method, path and query by the rules of kube-apiserver's RequestInfoFactory. Authorization
/// depends on them: what is read here is what rules are compared with.
/// </summary>
internal static class RequestInfoReader
{
    /// <param name="method">HTTP method, in any case.</param>
    /// <param name="path">The decoded path without the prefix of a virtual cluster.</param>
    /// <param name="query">The query; <c>watch</c> and <c>fieldSelector</c> matter.</param>
    public static RequestInfo Read(string method, string path, IQueryCollection query)
    {
        var plain = new RequestInfo { Path = path, Verb = method.ToLowerInvariant() };
        var parts = Split(path);
        if (parts.Length < 3)
            return plain;
        int next;
        var group = "";
        switch (parts[0])
        {
            case "api":
                next = 1;
                break;
            case "apis" when parts.Length >= 4:
                group = parts[1];
                next = 2;
                break;
            default:
                return plain;
        }

        var version = parts[next++];
        var verb = VerbOf(method);
        if (parts[next] is "watch" or "proxy")
        {
            // A verb alone says nothing; kube-apiserver fails on it, here it is a path that does not exist.
            if (next + 1 == parts.Length)
                return plain;
            verb = parts[next++];
        }

        var ns = "";
        if (parts[next] == "namespaces" && next + 1 < parts.Length)
        {
            ns = parts[next + 1];
            if (next + 2 < parts.Length && parts[next + 2] is not ("status" or "finalize"))
                next += 2;
        }

        var target = parts.AsSpan(next);
        var hasSubresource = target.Length >= 3 && verb != "proxy";
        var consumed = hasSubresource ? 3 : Math.Min(target.Length, 2);
        var name = target.Length >= 2 ? target[1] : "";
        if (name.Length == 0 && verb == "get")
        {
            verb = IsWatch(query) ? "watch" : "list";
            name = SelectedName(query["fieldSelector"].ToString());
        }
        else if (name.Length == 0 && verb == "delete")
        {
            verb = "deletecollection";
        }

        return new RequestInfo
        {
            IsResource = true,
            Path = path,
            Verb = verb,
            Group = group,
            Version = version,
            Namespace = ns,
            Resource = target[0],
            Name = name,
            Subresource = hasSubresource ? target[2] : "",
            Rest = target.Length > consumed ? target[consumed..].ToArray() : [],
        };
    }

    private static string[] Split(string path)
    {
        var trimmed = path.Trim('/');
        return trimmed.Length == 0 ? [] : trimmed.Split('/');
    }

    private static string VerbOf(string method) => method.ToUpperInvariant() switch
    {
        "POST" => "create",
        "GET" or "HEAD" => "get",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => "",
    };

    private static bool IsWatch(IQueryCollection query) =>
        query.TryGetValue("watch", out var values) && values.Count > 0 && values[0]?.ToLowerInvariant() is not ("false" or "0");

    /// <summary>
    /// The name that a field selector fixes, so that a rule with resourceNames can allow <c>list</c> and <c>watch</c> of one object;
    /// empty when it fixes none or does not parse.
    /// </summary>
    private static string SelectedName(string selector)
    {
        var name = "";
        foreach (var term in selector.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var sign = term.IndexOf('=', StringComparison.Ordinal);
            if (sign < 0)
                return "";
            if (sign > 0 && term[sign - 1] == '!')
                continue;
            var value = term[(term.AsSpan(sign).StartsWith("==") ? sign + 2 : sign + 1)..];
            if (term[..sign] == "metadata.name" && name.Length == 0)
                name = value;
        }
        return Names.PathSegmentProblems(name).Any() ? "" : name;
    }
}
