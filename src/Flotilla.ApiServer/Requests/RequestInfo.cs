namespace Flotilla.ApiServer.Requests;

/// <summary>What a request is about, read from method and path as kube-apiserver does (before anything is looked up).</summary>
internal sealed record RequestInfo
{
    /// <summary>True for <c>/api/…</c> and <c>/apis/GROUP/VERSION/RESOURCE…</c>.</summary>
    public bool IsResource { get; init; }

    /// <summary>The path without the prefix of a virtual cluster.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// For resources <c>get list watch create update patch delete deletecollection</c>; otherwise the HTTP method in lower case.
    /// </summary>
    public required string Verb { get; init; }

    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    /// <summary>Empty when the request is not about one namespace. For <c>/api/v1/namespaces/x</c> it is <c>x</c>.</summary>
    public string Namespace { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Whether the name stands in the path (that of a list or watch may come from a field selector).</summary>
    public bool NameInPath => Name.Length > 0
        && (Verb is not ("list" or "watch" or "deletecollection") || (Verb == "watch" && Path.EndsWith($"/{Resource}/{Name}", StringComparison.Ordinal)));

    /// <summary>Path parts after resource, name and subresource.</summary>
    public IReadOnlyList<string> Rest { get; init; } = [];
}
