using System.Globalization;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Selectors;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Requests;

/// <summary>What list, watch and deletecollection take from the query (ListOptions).</summary>
internal sealed record ListOptions
{
    public LabelSelector? Labels { get; init; }

    public FieldSelector? Fields { get; init; }

    /// <summary>0 for all.</summary>
    public int Limit { get; init; }

    public string Continue { get; init; } = "";

    public string ResourceVersion { get; init; } = "";

    /// <summary>"", Exact or NotOlderThan.</summary>
    public string ResourceVersionMatch { get; init; } = "";

    public bool Watch { get; init; }

    public bool AllowWatchBookmarks { get; init; }

    public bool? SendInitialEvents { get; init; }

    public TimeSpan? Timeout { get; init; }

    public static ListOptions Read(HttpRequest request, bool watch)
    {
        var query = request.Query;
        var options = new ListOptions
        {
            Labels = Selector(query["labelSelector"].ToString(), LabelSelector.Parse) is { IsEverything: false } labels ? labels : null,
            Fields = Selector(query["fieldSelector"].ToString(), FieldSelector.Parse) is { IsEverything: false } fields ? fields : null,
            Limit = (int)Math.Min(int.MaxValue, Whole(query["limit"].ToString()) ?? 0),
            Continue = query["continue"].ToString(),
            ResourceVersion = query["resourceVersion"].ToString(),
            ResourceVersionMatch = query["resourceVersionMatch"].ToString(),
            Watch = watch,
            AllowWatchBookmarks = Flag(query["allowWatchBookmarks"].ToString()) ?? false,
            SendInitialEvents = Flag(query["sendInitialEvents"].ToString()),
            Timeout = Whole(query["timeoutSeconds"].ToString()) is { } seconds and > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)) : null,
        };
        options.Check();
        return options;
    }

    /// <summary>These options for one object only.</summary>
    public ListOptions WithName(string name) =>
        this with { Fields = FieldSelector.Parse(Fields is null ? $"metadata.name={name}" : $"metadata.name={name},{Fields}") };

    /// <summary>The resource version as a number; null when none was given.</summary>
    public long? Revision => ResourceVersion.Length == 0 ? null : ParseRevision(ResourceVersion);

    public static long ParseRevision(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? revision
            : throw ApiStatusException.Invalid("meta.k8s.io", "ListOptions", "",
                [FieldError.Invalid("resourceVersion", text, $"strconv.ParseUint: parsing {FieldError.Quote(text)}: invalid syntax")]);

    private void Check()
    {
        var errors = new List<FieldError>();
        if (Watch)
        {
            if (ResourceVersionMatch.Length > 0 && SendInitialEvents is null)
                errors.Add(FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
            if (SendInitialEvents is not null && ResourceVersionMatch.Length == 0)
                errors.Add(FieldError.Forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
            if (SendInitialEvents is not null && ResourceVersionMatch.Length > 0 && ResourceVersionMatch != "NotOlderThan")
                errors.Add(FieldError.NotSupported("resourceVersionMatch", ResourceVersionMatch, ["NotOlderThan"]));
        }
        else
        {
            if (SendInitialEvents is not null)
                errors.Add(FieldError.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
            if (ResourceVersionMatch.Length > 0 && ResourceVersion.Length == 0)
                errors.Add(FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"));
            if (ResourceVersionMatch.Length > 0 && Continue.Length > 0)
                errors.Add(FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"));
            if (ResourceVersionMatch is not ("" or "Exact" or "NotOlderThan"))
                errors.Add(FieldError.NotSupported("resourceVersionMatch", ResourceVersionMatch, ["Exact", "NotOlderThan", ""]));
            if (ResourceVersionMatch == "Exact" && ResourceVersion == "0")
                errors.Add(FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
        }
        if (errors.Count > 0)
            throw ApiStatusException.Invalid("meta.k8s.io", "ListOptions", "", errors);
        if (!Watch && Continue.Length > 0 && ResourceVersion.Length > 0 && ResourceVersion != "0")
            throw ApiStatusException.BadRequest("specifying resource version is not allowed when using continue");
    }

    private static T? Selector<T>(string text, Func<string, T> parse)
        where T : class
    {
        try
        {
            return text.Length == 0 ? null : parse(text);
        }
        catch (SelectorException e)
        {
            throw ApiStatusException.BadRequest(e.Message);
        }
    }

    /// <summary>kube-apiserver takes anything that is not an explicit no as a yes.</summary>
    internal static bool? Flag(string text) => text.Length == 0 ? null : text is not ("false" or "0");

    private static long? Whole(string text) =>
        text.Length == 0 ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
        : throw ApiStatusException.BadRequest($"strconv.ParseInt: parsing {FieldError.Quote(text)}: invalid syntax");
}
