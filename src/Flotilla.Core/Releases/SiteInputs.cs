using Flotilla.Api.Sites;

namespace Flotilla.Core.Releases;

/// <summary>What a site gives to its release.</summary>
/// <param name="Name">Name of the Site.</param>
public sealed record SiteInputs(string Name)
{
    private const string LabelPrefix = "labels.";

    /// <summary>Name for people; the name where there is none.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Country, ISO 3166-1 alpha-2.</summary>
    public string? Country { get; init; }

    /// <summary>Time zone, IANA.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Labels of the Site.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Values of parameters.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of parameters whose values are sealed.</summary>
    public IReadOnlySet<string> Sealed { get; init; } = new HashSet<string>();

    /// <summary>Takes the inputs out of a declared site.</summary>
    public static SiteInputs Of(Site site)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        var hidden = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in site.Spec.Parameters)
        {
            if (parameter.SecretRef is not null)
                hidden.Add(parameter.Name);
            else if (parameter.Value is { } value)
                parameters[parameter.Name] = value;
        }
        return new SiteInputs(site.Metadata.Name)
        {
            DisplayName = site.Spec.DisplayName,
            Country = site.Spec.Location?.Country,
            TimeZone = site.Spec.Location?.TimeZone,
            Labels = site.Metadata.Labels,
            Parameters = parameters,
            Sealed = hidden,
        };
    }

    /// <summary>What <c>${site.NAME}</c> stands for here; null when there is no such thing.</summary>
    internal SiteValue? Find(string name) => name switch
    {
        "name" => new(Name, false),
        "displayName" => new(string.IsNullOrEmpty(DisplayName) ? Name : DisplayName, false),
        "country" => Known(Country),
        "timeZone" => Known(TimeZone),
        _ when name.StartsWith(LabelPrefix, StringComparison.Ordinal) => Known(Labels.GetValueOrDefault(name[LabelPrefix.Length..])),
        _ when Sealed.Contains(name) => new(name, true),
        _ => Known(Parameters.GetValueOrDefault(name)),
    };

    private static SiteValue? Known(string? text) => text is null ? null : new(text, false);
}

/// <summary>A value of a site.</summary>
/// <param name="Text">The value; the name of the parameter when it is sealed.</param>
/// <param name="IsSealed">Whether only the site itself can open it.</param>
internal sealed record SiteValue(string Text, bool IsSealed);
