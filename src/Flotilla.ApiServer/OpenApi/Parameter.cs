namespace Flotilla.ApiServer.OpenApi;

/// <summary>A query or path parameter of an operation.</summary>
internal sealed record Parameter(string Name, string Type, string Description, bool InPath = false)
{
    public static readonly Parameter Pretty = new("pretty", "string", "If 'true', the answer is indented.");
    public static readonly Parameter Namespace = new("namespace", "string", "The namespace.", InPath: true);
    public static readonly Parameter ResourceVersion = new("resourceVersion", "string", "Bounds how old the answer may be.");

    /// <summary>Of reading and deleting many.</summary>
    public static readonly Parameter[] List =
    [
        new("allowWatchBookmarks", "boolean", "Asks for BOOKMARK events of a watch."),
        new("continue", "string", "Token of the next page."),
        new("fieldSelector", "string", "Restricts by fields."),
        new("labelSelector", "string", "Restricts by labels."),
        new("limit", "integer", "The most objects in one answer."),
        ResourceVersion,
        new("resourceVersionMatch", "string", "How resourceVersion is meant."),
        new("sendInitialEvents", "boolean", "Begins a watch with the objects that exist."),
        new("timeoutSeconds", "integer", "Ends the request after this time."),
        new("watch", "boolean", "Asks for changes as they happen."),
    ];

    /// <summary>Of every write with a body.</summary>
    public static readonly Parameter[] Write =
    [
        new("dryRun", "string", "With 'All' nothing is stored."),
        new("fieldManager", "string", "Who owns the fields that change."),
        new("fieldValidation", "string", "What happens to unknown and duplicate fields: Ignore, Warn or Strict."),
    ];

    public static readonly Parameter[] Patch = [.. Write, new("force", "boolean", "Takes fields over from other managers (server-side apply).")];

    public static readonly Parameter[] Delete =
    [
        Write[0],
        new("gracePeriodSeconds", "integer", "Seconds until the object goes."),
        new("orphanDependents", "boolean", "Deprecated: use propagationPolicy."),
        new("propagationPolicy", "string", "What happens to dependents: Orphan, Background or Foreground."),
    ];
}
