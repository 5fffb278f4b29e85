using Flotilla.TestKit.Http;

namespace Flotilla.ApiServer.Tests.Faults;

/// <summary>Spoils requests by chance; the same seed spoils the same way.</summary>
internal sealed class RequestMutator(Random random)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "FOO", "CONNECT"];

    private static readonly string[] Segments =
    [
        "", ".", "..", "%00", "%2f", "%2F..%2F", "%ff%fe", "%F0%9F%98%80", "%", "%zz", "a%20b", "namespaces", "watch", "proxy", "status", "scale", "finalize", "UPPER", "-x", "x-", "_", "*", "v1", "v2", "api", "apis",
        "default", "kube-system", "configmaps", "pods", "log", "exec", "token", "binding", "eviction", "a.b.c", "clusters", ";a=b", "~", "%25", "@", ":", "'", "%5c", "%0d%0a",
    ];

    private static readonly string[] Parameters =
    [
        "labelSelector", "fieldSelector", "limit", "continue", "resourceVersion", "resourceVersionMatch", "watch", "timeoutSeconds", "dryRun", "fieldManager", "fieldValidation", "force", "pretty", "allowWatchBookmarks",
        "sendInitialEvents", "gracePeriodSeconds", "propagationPolicy", "orphanDependents", "includeObject", "timeout", "hash", "exact", "export",
    ];

    private static readonly string[] ParameterValues =
    [
        "", "0", "1", "-1", "true", "false", "True", "yes", "99999999999999999999", "9223372036854775807", "-9223372036854775808", "2147483648", "1.5", "All", "None", "Orphan", "Foreground", "Exact", "NotOlderThan", "Strict", "Ignore",
        "a=b", "a==b,c!=d", "a in (b,c)", "a notin ()", "a in (", "!a", "!", ",", "=", "a=,b", "a>1", "a<x", "(a)", "a%00b", "metadata.name=x", "metadata.name!=x,spec.nodeName=y", "spec.x=1", "status.phase=Running", "a\\,b=c\\=d",
        "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhL2IifQ", "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6OTk5OTk5OTk5LCJzdGFydCI6ImEvYiJ9", "W10", "bnVsbA", "!!!", "é中", "\u0001", "Object", "Metadata", "10s", "1h", "36000000",
    ];

    private static readonly string[] HeaderNames =
    [
        "Accept", "Content-Type", "Authorization", "Content-Encoding", "Accept-Encoding", "If-None-Match", "User-Agent", "Impersonate-User", "Impersonate-Group", "Impersonate-Uid", "Impersonate-Extra-a", "X-Remote-User",
        "Connection", "Transfer-Encoding", "Expect", "Upgrade", "Range", "Cookie", "Origin", "Content-Length", "Sec-WebSocket-Protocol",
    ];

    private static readonly string[] HeaderValues =
    [
        "", "*/*", "application/*", "text/html", "application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "application/json;as=Table;v=v1;g=meta.k8s.io", "application/json;as=Table;v=v9;g=meta.k8s.io",
        "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", "application/yaml;as=Table;v=v1;g=meta.k8s.io", "application/json;q=abc,*/*;q=0.1", ",,;;==", "a/b/c",
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml", "application/apply-patch+cbor", "application/json; charset=utf-16", "Application/JSON",
        "Bearer", "Bearer ", "Bearer a.b.c", "Bearer eyJhbGciOiJub25lIn0.e30.", "Basic QTpC", "Bearer alicetoken", "Bearer \u00e9\u00ff", "gzip", "br", "deflate, gzip", "identity", "system:admin", "system:masters", "alice", "chunked", "100-continue", "websocket", "close",
        "bytes=0-1", "W/\"x\"", "0", "-5", "99999999999", "application/json;stream=watch", "application/cbor", "x\u0001y", "\"", "é", "curl/8", "Mozilla/5.0",
    ];

    private readonly BodyMutations bodies = new(random);

    public RawRequest Mutate(RawRequest request)
    {
        for (var times = random.Next(4) == 0 ? 2 : 1; times > 0; times--)
        {
            request = random.Next(20) switch
            {
                0 => request with { Method = Methods[random.Next(Methods.Length)] },
                < 4 => request with { Target = Path(request.Target) },
                < 7 => request with { Target = Query(request.Target) },
                < 10 => request with { Headers = Header(request.Headers) },
                10 when request.Body is not null => request with { Body = bodies.Gzip(request.Body), Headers = [.. request.Headers, new("Content-Encoding", "gzip")] },
                11 => request with { Method = random.Next(2) == 0 ? "DELETE" : "GET", Body = random.Next(2) == 0 ? null : request.Body },
                _ when request.Body is not null => request with { Body = bodies.Spoil(request.Body) },
                _ => request with { Target = random.Next(2) == 0 ? Query(request.Target) : Path(request.Target) },
            };
        }
        return request;
    }

    private string Path(string target)
    {
        var (path, query) = Split(target);
        var segments = path.Split('/').ToList();
        var at = random.Next(segments.Count);
        var piece = random.Next(40) == 0 ? new string('x', random.Next(2) == 0 ? 300 : 40_000) : Segments[random.Next(Segments.Length)];
        switch (random.Next(6))
        {
            case 0:
                segments.RemoveAt(at);
                break;
            case 1:
                segments.Insert(at, piece);
                break;
            case 2:
                segments[at] += piece;
                break;
            case 3:
                segments[at] = string.Concat(segments[at].Select(c => $"%{(int)c % 256:x2}"));
                break;
            case 4:
                segments.Add(piece);
                break;
            default:
                segments[at] = piece;
                break;
        }
        var result = string.Join('/', segments);
        return (result.StartsWith('/') || random.Next(20) == 0 ? result : "/" + result) + query;
    }

    private string Query(string target)
    {
        var (path, query) = Split(target);
        var parts = query.Length > 1 ? query[1..].Split('&').ToList() : [];
        for (var times = random.Next(1, 3); times > 0; times--)
        {
            var value = ParameterValues[random.Next(ParameterValues.Length)];
            if (random.Next(50) == 0)
                value = new string('a', 5000);
            var escaped = random.Next(10) == 0 ? value.Replace(' ', '+') : Uri.EscapeDataString(value);
            if (escaped.Any(c => c is <= ' ' or > '~'))
                escaped = "%ff";
            var name = parts.Count > 0 && random.Next(2) == 0 ? parts[random.Next(parts.Count)].Split('=')[0] : Parameters[random.Next(Parameters.Length)];
            parts.Add($"{name}={escaped}");
            if (parts.Count > 1 && random.Next(3) == 0)
                parts.RemoveAt(0);
        }
        return $"{path}?{string.Join('&', parts)}";
    }

    private List<KeyValuePair<string, string>> Header(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var changed = headers.ToList();
        var name = HeaderNames[random.Next(HeaderNames.Length)];
        var value = random.Next(60) == 0 ? new string('h', random.Next(2) == 0 ? 8_000 : 200_000) : HeaderValues[random.Next(HeaderValues.Length)];
        if (random.Next(4) > 0)
            changed.RemoveAll(h => h.Key == name);
        if (random.Next(8) > 0)
            changed.Add(new(name, value));
        return changed;
    }

    private static (string Path, string Query) Split(string target)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? (target, "") : (target[..question], target[question..]);
    }
}
