using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Authentication;

/// <summary>Reads the <c>Impersonate-…</c> headers of a request.</summary>
internal static class ImpersonationHeaders
{
    private const string User = "Impersonate-User";
    private const string Group = "Impersonate-Group";
    private const string Uid = "Impersonate-Uid";
    private const string ExtraPrefix = "Impersonate-Extra-";

    /// <summary>The user as the headers say, nothing added; null when there are none.</summary>
    /// <exception cref="ApiStatusException">400: groups, uid or extra without a user name.</exception>
    public static UserInfo? Read(IHeaderDictionary headers)
    {
        var name = headers[User] is [{ } first, ..] ? first : "";
        var uid = headers[Uid] is [{ Length: > 0 } id, ..] ? id : null;
        string[] groups = [.. headers[Group].Select(g => g ?? "")];
        Dictionary<string, IReadOnlyList<string>>? extra = null;
        foreach (var (header, values) in headers)
        {
            if (!header.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase))
                continue;
            extra ??= new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
            var key = Unescape(header[ExtraPrefix.Length..].ToLowerInvariant());
            extra[key] = [.. extra.GetValueOrDefault(key) ?? [], .. values.Select(v => v ?? "")];
        }
        if (name.Length > 0)
            return extra is null ? new UserInfo(name, groups) { Uid = uid } : new UserInfo(name, groups) { Uid = uid, Extra = extra };
        if (uid is null && groups.Length == 0 && extra is null)
            return null;
        throw ApiStatusException.BadRequest($"requested {Show(uid, groups, extra)} without impersonating a user name");
    }

    /// <summary>Percent-decodes a key; one that is not encoded well stays as it is.</summary>
    private static string Unescape(string key)
    {
        for (var at = key.IndexOf('%', StringComparison.Ordinal); at >= 0; at = key.IndexOf('%', at + 1))
        {
            if (at + 2 >= key.Length || !char.IsAsciiHexDigit(key[at + 1]) || !char.IsAsciiHexDigit(key[at + 2]))
                return key;
        }
        return Uri.UnescapeDataString(key);
    }

    /// <summary>The request as Go prints it, since that is what clients of kube-apiserver see.</summary>
    private static string Show(string? uid, string[] groups, Dictionary<string, IReadOnlyList<string>>? extra)
    {
        var shownExtra = extra is null
            ? "(nil)"
            : $"{{{string.Join(", ", extra.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{FieldError.Quote(e.Key)}:[]string{{{Quoted(e.Value)}}}"))}}}";
        return $"&user.DefaultInfo{{Name:\"\", UID:{FieldError.Quote(uid ?? "")}, Groups:[]string{(groups.Length == 0 ? "(nil)" : $"{{{Quoted(groups)}}}")}, Extra:map[string][]string{shownExtra}}}";

        static string Quoted(IEnumerable<string> texts) => string.Join(", ", texts.Select(FieldError.Quote));
    }
}
