namespace Flotilla.Api.Sites;

/// <summary>Namespace and name of a Site; as text <c>retail/store-0042</c>.</summary>
public readonly record struct SiteName(string Namespace, string Name) : IComparable<SiteName>
{
    public static SiteName? TryParse(string? text)
    {
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return slash <= 0 || slash == text!.Length - 1 || text.IndexOf('/', slash + 1) >= 0 ? null : new SiteName(text[..slash], text[(slash + 1)..]);
    }

    public int CompareTo(SiteName other)
    {
        var order = string.CompareOrdinal(Namespace, other.Namespace);
        return order != 0 ? order : string.CompareOrdinal(Name, other.Name);
    }

    public override string ToString() => $"{Namespace}/{Name}";
}
