using System.ComponentModel;

namespace Flotilla.Api;

/// <summary>Picks objects of a component; what is absent matches everything.</summary>
[Description("Picks objects; a field that is left out matches everything.")]
public record ObjectTarget
{
    [Description("API version, as apps/v1; or only the group.")]
    public string? ApiVersion { get; init; }

    [Description("Kind, as Deployment.")]
    public string? Kind { get; init; }

    [Description("Name; * stands for any run of characters.")]
    public string? Name { get; init; }

    [Description("Namespace.")]
    public string? Namespace { get; init; }

    [Description("Labels, as kubectl's -l takes them.")]
    public string? LabelSelector { get; init; }
}
