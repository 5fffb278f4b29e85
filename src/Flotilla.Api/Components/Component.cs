using System.ComponentModel;

namespace Flotilla.Api.Components;

/// <summary>What can fill a slot of a stack.</summary>
[Description("What can fill a slot of a stack: a project with its versions.")]
public sealed record Component
{
    public ObjectMeta Metadata { get => field ?? new(); init; }

    public ComponentSpec Spec { get => field ?? new(); init; }

    public ComponentStatus? Status { get; init; }
}

[Description("What is declared about the component.")]
public sealed record ComponentSpec
{
    [Description("Which slots it fits: network, ingress, loadBalancer, policy, mesh, storage, backup, observability, certificates, virtualization, gitops, application, or a word of your own.")]
    public string Role { get => field ?? ""; init; }

    [Description("The project behind it.")]
    public ProjectInfo? Project { get; init; }

    [Description("Versions that stacks may choose from.")]
    public IReadOnlyList<ComponentVersion> Versions { get => field ?? []; init; }
}

[Description("Facts about a project.")]
public sealed record ProjectInfo
{
    [Description("Its home on the web.")]
    public string? Homepage { get; init; }

    [Description("Licence, an SPDX identifier.")]
    public string? Licence { get; init; }

    [Description("CNCF maturity: sandbox, incubating, graduated, archived; empty when it is no CNCF project.")]
    public string? Cncf { get; init; }
}

[Description("One version of a component.")]
public sealed record ComponentVersion
{
    [Description("The version, as 1.33.6.")]
    public required string Version { get; init; }

    [Description("Kubernetes versions it works with, as \">=1.31 <1.35\".")]
    public string? Kubernetes { get; init; }

    [Description("Where its objects come from.")]
    public ComponentSource Source { get => field ?? new(); init; }

    [Description("Parameters it accepts; stacks give values.")]
    public IReadOnlyList<ComponentParameter> Parameters { get => field ?? []; init; }

    [Description("Changes to the objects, in this order.")]
    public IReadOnlyList<ObjectPatch> Patches { get => field ?? []; init; }

    [Description("What must be in the same stack; it is applied and healthy before.")]
    public IReadOnlyList<ComponentRequirement> Requires { get => field ?? []; init; }

    [Description("What must not be in the same stack.")]
    public IReadOnlyList<ComponentRequirement> Conflicts { get => field ?? []; init; }

    [Description("When objects count as healthy, where the usual rules do not do.")]
    public IReadOnlyList<HealthRule> Health { get => field ?? []; init; }

    [Description("Objects that are never pruned.")]
    public IReadOnlyList<ObjectTarget> Protect { get => field ?? []; init; }

    [Description("Objects that may be deleted and made anew when a field changes that cannot be changed.")]
    public IReadOnlyList<ObjectTarget> Replace { get => field ?? []; init; }

    [Description("Fields that others may change; they are set once and then left alone.")]
    public IReadOnlyList<IgnoredFields> IgnoreFields { get => field ?? []; init; }

    [Description("Last day with support, as 2027-06-30.")]
    public string? EndOfLife { get; init; }
}

[Description("Where objects come from; exactly one of inline, http and content.")]
public sealed record ComponentSource
{
    [Description("The manifests themselves, YAML.")]
    public string? Inline { get; init; }

    [Description("A file on the web.")]
    public HttpSource? Http { get; init; }

    [Description("Uploaded content: digests of manifests in the hub's content store. `flotilla apply` puts this in the place of `files`.")]
    public IReadOnlyList<string> Content { get => field ?? []; init; }

    [Description("Whether ${parameter} is replaced within the manifests: by default only within inline ones, since published manifests hold texts of their own with ${…}.")]
    public bool? Substitute { get; init; }
}

[Description("A file on the web, known by its digest.")]
public sealed record HttpSource
{
    [Description("Where to get it.")]
    public required string Url { get; init; }

    [Description("SHA-256 of its bytes, 64 hexadecimal digits.")]
    public required string Sha256 { get; init; }
}

[Description("A parameter that a version accepts.")]
public sealed record ComponentParameter
{
    [Description("Name, used as ${NAME}.")]
    public required string Name { get; init; }

    [Description("string, integer, number, boolean.")]
    public string Type { get => field ?? "string"; init; }

    [Description("Value when a stack gives none.")]
    public string? Default { get; init; }

    [Description("Whether a stack must give a value.")]
    public bool Required { get; init; }

    [Description("What it means.")]
    public string? Description { get; init; }
}

[Description("A change to some of the objects; exactly one of strategic, merge and json.")]
public sealed record ObjectPatch
{
    [Description("The objects to change; it is an error when there are none.")]
    public ObjectTarget Target { get => field ?? new(); init; }

    [Description("A strategic merge patch (a merge patch for kinds without merge keys).")]
    public System.Text.Json.Nodes.JsonNode? Strategic { get; init; }

    [Description("A merge patch, RFC 7396.")]
    public System.Text.Json.Nodes.JsonNode? Merge { get; init; }

    [Description("A JSON patch, RFC 6902.")]
    public System.Text.Json.Nodes.JsonNode? Json { get; init; }
}

[Description("A role or a component, and which versions of it.")]
public sealed record ComponentRequirement
{
    [Description("Any component with this role.")]
    public string? Role { get; init; }

    [Description("This component.")]
    public string? Component { get; init; }

    [Description("Versions, as \">=1.2 <2\"; all when left out.")]
    public string? Versions { get; init; }
}

[Description("When objects count as healthy.")]
public sealed record HealthRule : ObjectTarget
{
    [Description("How many of the wanted replicas must be ready, a number or a percentage.")]
    public string? MinReady { get; init; }

    [Description("A condition that must be True.")]
    public string? Condition { get; init; }

    [Description("A CEL expression over `self` that must be true.")]
    public string? Expression { get; init; }

    [Description("Do not look at these objects at all.")]
    public bool Ignore { get; init; }
}

[Description("Fields that others may change.")]
public sealed record IgnoredFields : ObjectTarget
{
    [Description("Paths, as spec.replicas or webhooks[*].clientConfig.caBundle.")]
    public IReadOnlyList<string> Fields { get => field ?? []; init; }
}

[Description("What the hub found about the component.")]
public sealed record ComponentStatus
{
    [Description("Ready: all versions can be used.")]
    public IReadOnlyList<Condition> Conditions { get => field ?? []; init; }
}
