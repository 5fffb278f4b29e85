using System.ComponentModel;
using Flotilla.Api.Definitions;

namespace Flotilla.Api;

/// <summary>Picks objects of a component; what is absent matches everything.</summary>
[Description("Picks objects; a field that is left out matches everything, but one must be there.")]
[Rule("has(self.apiVersion) || has(self.kind) || has(self.name) || has(self.__namespace__) || has(self.labelSelector)",
    "name at least one of apiVersion, kind, name, namespace and labelSelector, so that it does not match everything by accident", Reason = "FieldValueRequired")]
public record ObjectTarget
{
    [Description("API version, as apps/v1; or only the group.")]
    [Form(TextForm.Line)]
    public string? ApiVersion { get; init; }

    [Description("Kind, as Deployment.")]
    [Form(TextForm.Word)]
    public string? Kind { get; init; }

    [Description("Name; * stands for any run of characters.")]
    [Size(1, 253)]
    public string? Name { get; init; }

    [Description("Namespace.")]
    [Form(TextForm.ObjectName)]
    public string? Namespace { get; init; }

    [Description("Labels, as kubectl's -l takes them.")]
    [Form(TextForm.Line)]
    public string? LabelSelector { get; init; }
}
