using System.Globalization;
using Flotilla.ApiServer.Requests;

namespace Flotilla.ApiServer.OpenApi;

/// <summary>What to answer to a GET of an OpenAPI path.</summary>
/// <param name="Status">200, 301, 304, 404 or 406.</param>
/// <param name="Body">Empty unless 200.</param>
/// <param name="Headers">All headers, <c>Content-Type</c> included.</param>
internal sealed record OpenApiAnswer(int Status, ReadOnlyMemory<byte> Body, IReadOnlyList<KeyValuePair<string, string>> Headers);

/// <summary>A GET below <c>/openapi</c>.</summary>
/// <param name="Path">From <c>/openapi</c> on, without the prefix of a virtual cluster.</param>
/// <param name="Accept">The header.</param>
/// <param name="IfNoneMatch">The header.</param>
/// <param name="Hash">The query parameter.</param>
/// <param name="Prefix">Where the server's paths begin, as <c>/clusters/a</c>; redirects need it.</param>
internal sealed record OpenApiRequest(string Path, string? Accept, string? IfNoneMatch = null, string? Hash = null, string Prefix = "");

/// <summary>
/// <c>/openapi/v2</c>, <c>/openapi/v3</c> and below, with kube-apiserver's caching: a document that is asked for by its
/// hash may be kept for ever; a stale hash is redirected to the present one. Of v2 there is protobuf too, of v3 there is not.
/// </summary>
internal static class OpenApiEndpoint
{
    private const string Root = "/openapi/v3";

    public static OpenApiAnswer Answer(OpenApiDocuments documents, OpenApiRequest request, DateTimeOffset now)
    {
        if (request.Path is "/openapi/v2")
            return Swagger(documents, request);
        // The index is served without a look at Accept, and as text: so it is at kube-apiserver.
        if (request.Path is Root or Root + "/")
            return Found(request, documents.Index, [Header("Content-Type", "text/plain; charset=utf-8")]);
        if (!request.Path.StartsWith(Root + "/", StringComparison.Ordinal) || documents.Find(request.Path[(Root.Length + 1)..]) is not { } document)
            return new OpenApiAnswer(404, default, []);
        if (!AcceptsJson(request.Accept))
            return NotAcceptable;
        if (string.IsNullOrEmpty(request.Hash))
            return Found(request, document, Json);
        if (request.Hash != document.Hash)
        {
            var url = request.Prefix + OpenApiDocuments.Url(request.Path[(Root.Length + 1)..], document);
            return new OpenApiAnswer(301, default, [Header("Location", url), Header("Vary", "Accept")]);
        }
        var expires = now.AddYears(1).ToString("R", CultureInfo.InvariantCulture);
        return Found(request, document, [.. Json, Header("Cache-Control", "public, immutable"), Header("Expires", expires)]);
    }

    private static OpenApiAnswer Swagger(OpenApiDocuments documents, OpenApiRequest request)
    {
        foreach (var clause in AcceptClause.ParseAll(string.IsNullOrEmpty(request.Accept) ? "*/*" : request.Accept))
        {
            if (clause.Matches("json"))
                return Found(request, documents.Swagger, Json);
            if (clause.Matches(SwaggerProtobuf.AskedSubtype) || clause.Matches(SwaggerProtobuf.MediaSubtype))
                return Found(request, documents.SwaggerProtobuf, [Header("Content-Type", $"application/{SwaggerProtobuf.MediaSubtype}"), Header("Vary", "Accept")]);
        }
        return NotAcceptable;
    }

    private static OpenApiAnswer NotAcceptable => new(406, default, [Header("Vary", "Accept")]);

    private static KeyValuePair<string, string>[] Json => [Header("Content-Type", MediaTypes.Json), Header("Vary", "Accept")];

    private static OpenApiAnswer Found(OpenApiRequest request, OpenApiDocument document, KeyValuePair<string, string>[] headers)
    {
        KeyValuePair<string, string>[] all = [Header("ETag", $"\"{document.Hash}\""), .. headers];
        return IsKnown(request, document.Hash) ? new OpenApiAnswer(304, default, all) : new OpenApiAnswer(200, document.Body, all);
    }

    private static bool IsKnown(OpenApiRequest request, string hash)
    {
        foreach (var tag in (request.IfNoneMatch ?? "").Split(','))
        {
            var known = tag.Trim();
            if (known == "*" || (known.StartsWith("W/", StringComparison.Ordinal) ? known[2..] : known) == $"\"{hash}\"")
                return true;
        }
        return false;
    }

    private static bool AcceptsJson(string? accept)
    {
        if (string.IsNullOrEmpty(accept))
            return true;
        foreach (var clause in AcceptClause.ParseAll(accept))
        {
            if (clause.Matches("json"))
                return true;
        }
        return false;
    }

    private static KeyValuePair<string, string> Header(string name, string value) => new(name, value);
}
