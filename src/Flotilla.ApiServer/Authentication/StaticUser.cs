namespace Flotilla.ApiServer.Authentication;

/// <summary>A user known by a bearer token that the server was started with.</summary>
internal sealed record StaticUser(string Name, string Token, IReadOnlyList<string> Groups)
{
    public const string AdministratorName = "kubernetes-admin";

    /// <summary>The user of <c>--token</c>: may do everything.</summary>
    public static StaticUser Administrator(string token) => new(AdministratorName, token, [UserInfo.Masters]);

    /// <summary>Reads <c>NAME=TOKEN[:GROUP,…]</c>.</summary>
    /// <exception cref="FormatException">The text has another form; the message says which.</exception>
    public static StaticUser Parse(string text)
    {
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        if (sign <= 0 || sign == text.Length - 1)
            throw new FormatException($"\"{text}\" is not NAME=TOKEN or NAME=TOKEN:GROUP,GROUP");
        var colon = text.IndexOf(':', sign);
        var token = colon < 0 ? text[(sign + 1)..] : text[(sign + 1)..colon];
        if (token.Length == 0 || token.Any(char.IsWhiteSpace))
            throw new FormatException($"the token in \"{text}\" is empty or holds white space");
        var groups = colon < 0 ? [] : text[(colon + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new StaticUser(text[..sign], token, groups);
    }
}
