namespace Flotilla.ApiServer.Authentication;

/// <summary>Who asks, as authentication found it.</summary>
internal sealed record UserInfo(string Name, IReadOnlyList<string> Groups)
{
    public const string AnonymousName = "system:anonymous";
    public const string Authenticated = "system:authenticated";
    public const string Unauthenticated = "system:unauthenticated";
    public const string Masters = "system:masters";

    public static readonly UserInfo Anonymous = new(AnonymousName, [Unauthenticated]);

    public string? Uid { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
