using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.Hub.Sites;

/// <summary>
/// A Secret that its owner opened to sites of its namespace: by the label <c>flotilla.dev/sites: all</c>, or by that label with any other
/// value and an annotation of the same name with a selector of sites, as <c>kind=store,ring in (canary)</c>.
/// </summary>
internal sealed record OpenedSecret(string Version, LabelSelector? Sites, IReadOnlyDictionary<string, byte[]> Data)
{
    public const string Label = "flotilla.dev/sites";
    private const string All = "all";

    public static OpenedSecret Of(JsonObject secret)
    {
        var meta = secret.Object("metadata");
        var data = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (key, value) in secret.Object("data") ?? [])
            data[key] = Convert.FromBase64String(value.AsStringOrNull() ?? "");
        return new OpenedSecret($"{meta.String("uid")}/{meta.String("resourceVersion")}", SelectorOf(meta), data);
    }

    /// <summary>Whether it is opened to a site with these labels.</summary>
    public bool IsOpenTo(IReadOnlyDictionary<string, string> labels) => Sites?.Matches(labels.GetValueOrDefault) == true;

    public bool Equals(OpenedSecret? other) => other is not null && Version == other.Version;

    public override int GetHashCode() => Version.GetHashCode(StringComparison.Ordinal);

    /// <summary>Null, which opens it to nobody, when the selector is missing, empty or cannot be read.</summary>
    private static LabelSelector? SelectorOf(JsonObject? meta)
    {
        if (meta.Object("labels").String(Label) == All)
            return LabelSelector.Everything;
        try
        {
            return meta.Object("annotations").String(Label) is { Length: > 0 } text ? LabelSelector.Parse(text) : null;
        }
        catch (SelectorException)
        {
            return null;
        }
    }
}
