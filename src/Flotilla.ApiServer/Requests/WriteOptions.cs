using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Requests;

internal enum FieldValidation
{
    Ignore,
    Warn,
    Strict,
}

/// <summary>What create, update and patch take from the query (CreateOptions, UpdateOptions, PatchOptions).</summary>
internal sealed record WriteOptions(bool DryRun, string FieldManager, FieldValidation FieldValidation, bool Force)
{
    private const int LongestManager = 128;

    /// <summary>What the server's own controllers use.</summary>
    public static WriteOptions For(string manager) => new(false, manager, FieldValidation.Ignore, false);

    /// <param name="kind">CreateOptions, UpdateOptions or PatchOptions; named in failures.</param>
    /// <param name="isApply">Whether this is a server-side apply, which needs a manager and may force.</param>
    public static WriteOptions Read(HttpRequest request, string kind, bool isApply = false)
    {
        var errors = new List<FieldError>();
        var dryRun = DryRunOf(request.Query["dryRun"], errors);
        var manager = request.Query["fieldManager"].ToString();
        if (isApply && manager.Length == 0)
            errors.Add(FieldError.Required("fieldManager", "is required for apply patch"));
        if (manager.Length > LongestManager)
            errors.Add(FieldError.TooLong("fieldManager", LongestManager));
        if (manager.Any(char.IsControl))
            errors.Add(FieldError.Invalid("fieldManager", manager, "should only contain printable characters"));

        var force = request.Query["force"].ToString();
        if (!isApply && force.Length > 0)
            errors.Add(FieldError.Forbidden("force", "may not be specified for non-apply patch"));

        var validation = request.Query["fieldValidation"].ToString();
        if (validation is not ("" or "Ignore" or "Warn" or "Strict"))
            errors.Add(FieldError.NotSupported("fieldValidation", validation, ["", "Ignore", "Strict", "Warn"]));
        if (errors.Count > 0)
            throw ApiStatusException.Invalid("meta.k8s.io", kind, "", errors);

        return new WriteOptions(
            dryRun,
            manager.Length > 0 ? manager : ManagerOf(request.Headers.UserAgent.ToString()),
            validation switch { "Ignore" => FieldValidation.Ignore, "Strict" => FieldValidation.Strict, _ => FieldValidation.Warn },
            force is "true" or "1" or "True" or "TRUE" or "t" or "T");
    }

    internal static bool DryRunOf(IEnumerable<string?> values, List<FieldError> errors)
    {
        var dryRun = false;
        foreach (var value in values)
        {
            if (string.IsNullOrEmpty(value))
                continue;
            if (value == "All")
                dryRun = true;
            else
                errors.Add(FieldError.NotSupported("dryRun", value, ["All"]));
        }
        return dryRun;
    }

    /// <summary>The name of the program, as kube-apiserver takes it: the user agent up to the first slash.</summary>
    private static string ManagerOf(string userAgent)
    {
        var slash = userAgent.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? userAgent : userAgent[..slash];
        name = new string([.. name.Where(c => !char.IsControl(c))]);
        return name.Length == 0 ? "unknown" : name.Length > LongestManager ? name[..LongestManager] : name;
    }
}

/// <summary>How to delete (DeleteOptions), from the body or the query.</summary>
internal sealed record DeleteOptions
{
    public static readonly DeleteOptions Default = new();

    public bool DryRun { get; init; }

    public long? GracePeriodSeconds { get; init; }

    /// <summary>Orphan, Background, Foreground; null for the kind's default.</summary>
    public string? PropagationPolicy { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public static DeleteOptions Read(HttpRequest request, JsonObject? body)
    {
        var errors = new List<FieldError>();
        var query = request.Query;
        var fromBody = body is not null;
        var dryRun = fromBody
            ? WriteOptions.DryRunOf((body.Array("dryRun") ?? []).Select(v => v.AsStringOrNull()), errors)
            : WriteOptions.DryRunOf(query["dryRun"], errors);
        var grace = fromBody ? body.Member("gracePeriodSeconds").AsInt64OrNull() : Whole(query["gracePeriodSeconds"].ToString(), "gracePeriodSeconds");
        var policy = fromBody ? body.String("propagationPolicy") : query["propagationPolicy"].ToString();
        var orphan = fromBody ? body.Member("orphanDependents").AsBoolOrNull() : Flag(query["orphanDependents"].ToString());
        if (!string.IsNullOrEmpty(policy) && orphan is not null)
            errors.Add(FieldError.Invalid("propagationPolicy", policy, "orphanDependents and deletionPropagation cannot be both set"));
        if (policy is not (null or "" or "Orphan" or "Background" or "Foreground"))
            errors.Add(FieldError.NotSupported("propagationPolicy", policy, ["Background", "Foreground", "Orphan", "nil"]));
        if (errors.Count > 0)
            throw ApiStatusException.Invalid("meta.k8s.io", "DeleteOptions", "", errors);
        var preconditions = body.Object("preconditions");
        return new DeleteOptions
        {
            DryRun = dryRun,
            GracePeriodSeconds = grace,
            PropagationPolicy = !string.IsNullOrEmpty(policy) ? policy : orphan switch { true => "Orphan", false => "Background", null => null },
            Uid = preconditions.String("uid"),
            ResourceVersion = preconditions.String("resourceVersion"),
        };
    }

    private static bool? Flag(string text) => text.Length == 0 ? null : text is "true" or "1";

    private static long? Whole(string text, string name) =>
        text.Length == 0 ? null
        : long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var value) ? value
        : throw ApiStatusException.BadRequest($"{name}: strconv.ParseInt: parsing {FieldError.Quote(text)}: invalid syntax");
}
