using System.ComponentModel;
using System.Text.Json.Serialization;
using Flotilla.Api.Definitions;

namespace Flotilla.Api.Components;

/// <summary>What can fill a slot of a stack.</summary>
[Description("What can fill a slot of a stack: a project with its versions.")]
[KindNames("components", "cmp")]
[Column("Role", ".spec.role", "Which slots it fits.")]
[Column("Ready", ".status.conditions[?(@.type==\"Ready\")].status", "Whether all its versions can be used.")]
[Column("Why", ".status.conditions[?(@.type==\"Ready\")].reason", "Why it is ready or not.")]
[Column("Licence", ".spec.project.licence", "Licence of the project.", Wide = true)]
[Column("CNCF", ".spec.project.cncf", "Maturity of the project.", Wide = true)]
[Column("Homepage", ".spec.project.homepage", "Home of the project.", Wide = true)]
public sealed record Component
{
    public ObjectMeta Metadata { get => field ?? new(); init; }

    [Mandatory]
    public ComponentSpec Spec { get => field ?? new(); init; }

    public ComponentStatus? Status { get; init; }
}

[Description("What is declared about the component.")]
public sealed record ComponentSpec
{
    [Description("Which slots it fits: network, ingress, loadBalancer, policy, mesh, storage, backup, observability, certificates, virtualization, gitops, application, or a word of your own.")]
    [Mandatory]
    [Form(TextForm.Word)]
    public string Role { get => field ?? ""; init; }

    [Description("The project behind it.")]
    public ProjectInfo? Project { get; init; }

    [Description("Versions that stacks may choose from.")]
    [Mandatory]
    [MergedBy("version")]
    [Size(1, 64)]
    public IReadOnlyList<ComponentVersion> Versions { get => field ?? []; init; }
}

[Description("Facts about a project.")]
public sealed record ProjectInfo
{
    [Description("Its home on the web.")]
    [Form(TextForm.WebAddress)]
    public string? Homepage { get; init; }

    [Description("Licence, an SPDX identifier.")]
    [Form(TextForm.Line)]
    [Size(1, 128)]
    public string? Licence { get; init; }

    [Description("CNCF maturity; left out when it is no CNCF project.")]
    [Words("sandbox", "incubating", "graduated", "archived")]
    public string? Cncf { get; init; }
}

[Description("One version of a component.")]
public sealed record ComponentVersion
{
    [Description("The version, as 1.33.6.")]
    [Form(TextForm.Version)]
    public required string Version { get; init; }

    [Description("Kubernetes versions it works with, as \">=1.31 <1.35\".")]
    [Form(TextForm.VersionRange)]
    public string? Kubernetes { get; init; }

    [Description("Versions from which this one may be reached directly, as \">=1.4\"; sites with others go through versions between. All when left out.")]
    [Form(TextForm.VersionRange)]
    public string? UpgradeFrom { get; init; }

    [Description("Where its objects come from.")]
    [Mandatory]
    public ComponentSource Source { get => field ?? new(); init; }

    [Description("Parameters it accepts; stacks give values.")]
    [MergedBy("name")]
    [Size(0, 64)]
    public IReadOnlyList<ComponentParameter> Parameters { get => field ?? []; init; }

    [Description("Changes to the objects, in this order.")]
    [Size(0, 64)]
    public IReadOnlyList<ObjectPatch> Patches { get => field ?? []; init; }

    [Description("What must be in the same stack; it is applied and healthy before.")]
    [Size(0, 32)]
    public IReadOnlyList<ComponentRequirement> Requires { get => field ?? []; init; }

    [Description("What must not be in the same stack.")]
    [Size(0, 32)]
    public IReadOnlyList<ComponentRequirement> Conflicts { get => field ?? []; init; }

    [Description("When objects count as healthy, where the usual rules do not do.")]
    [Size(0, 64)]
    public IReadOnlyList<HealthRule> Health { get => field ?? []; init; }

    [Description("Objects that are never pruned.")]
    [Size(0, 64)]
    public IReadOnlyList<ObjectTarget> Protect { get => field ?? []; init; }

    [Description("Objects that may be deleted and made anew when a field changes that cannot be changed.")]
    [Size(0, 64)]
    public IReadOnlyList<ObjectTarget> Replace { get => field ?? []; init; }

    [Description("Fields that others may change; they are set once and then left alone.")]
    [Size(0, 64)]
    public IReadOnlyList<IgnoredFields> IgnoreFields { get => field ?? []; init; }

    [Description("Last day with support, as 2027-06-30.")]
    [Form(TextForm.Date)]
    public string? EndOfLife { get; init; }
}

[Description("Where objects come from; exactly one of inline, http and content.")]
[Rule("(has(self.inline) ? 1 : 0) + (has(self.http) ? 1 : 0) + (has(self.content) ? 1 : 0) == 1", "give exactly one of inline, http and content (or files, in what flotilla apply reads)")]
public sealed record ComponentSource
{
    [Description("The manifests themselves, YAML.")]
    [Size(1, 524288)]
    public string? Inline { get; init; }

    [Description("A file on the web.")]
    public HttpSource? Http { get; init; }

    [Description("Uploaded content: digests of manifests in the hub's content store. `flotilla apply` puts this in the place of `files`.")]
    [Form(TextForm.Digest)]
    [Size(1, 64)]
    public IReadOnlyList<string> Content { get => field ?? []; init; }

    [Description("Whether ${parameter} is replaced within the manifests: by default only within inline ones, since published manifests hold texts of their own with ${…}.")]
    public bool? Substitute { get; init; }
}

[Description("A file on the web, known by its digest.")]
public sealed record HttpSource
{
    [Description("Where to get it.")]
    [Form(TextForm.WebAddress)]
    public required string Url { get; init; }

    [Description("SHA-256 of its bytes, 64 hexadecimal digits.")]
    [Form(TextForm.Sha256)]
    public required string Sha256 { get; init; }
}

[Description("A parameter that a version accepts.")]
[Rule("!(has(self.required) && self.required && has(self.default))", "a required parameter has no default: drop one of the two", Field = ".default", Reason = "FieldValueForbidden")]
[Rule("!has(self.default) || self.type != 'integer' || string(self.default).matches('^-?[0-9]{1,18}$')", "the default must be a whole number, as the type says", Field = ".default")]
[Rule("!has(self.default) || self.type != 'number' || string(self.default).matches('^-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?$')", "the default must be a number, as the type says", Field = ".default")]
[Rule("!has(self.default) || self.type != 'boolean' || string(self.default) in ['true', 'false']", "the default must be \"true\" or \"false\" (in quotes), as the type says", Field = ".default")]
public sealed record ComponentParameter
{
    [Description("Name, used as ${NAME}.")]
    [Form(TextForm.ParameterName)]
    public required string Name { get; init; }

    [Description("What its values are.")]
    [Words("string", "integer", "number", "boolean")]
    [FilledWith("string")]
    public string Type { get => field ?? "string"; init; }

    [Description("Value when a stack gives none.")]
    [NumberOrText]
    [JsonConverter(typeof(NumberOrTextConverter))]
    [Size(0, 512)]
    public string? Default { get; init; }

    [Description("Whether a stack must give a value.")]
    public bool Required { get; init; }

    [Description("What it means.")]
    [Size(0, 1024)]
    public string? Description { get; init; }
}

[Description("A change to some of the objects; exactly one of strategic, merge and json.")]
[Rule("(has(self.strategic) ? 1 : 0) + (has(self.merge) ? 1 : 0) + (has(self.json) ? 1 : 0) == 1", "give exactly one of strategic, merge and json")]
public sealed record ObjectPatch
{
    [Description("The objects to change; it is an error when there are none.")]
    [Mandatory]
    [Rule("has(self.kind)", "name the kind of the objects to change", Field = ".kind", Reason = "FieldValueRequired")]
    public ObjectTarget Target { get => field ?? new(); init; }

    [Description("A strategic merge patch (a merge patch for kinds without merge keys).")]
    [FreeForm]
    public System.Text.Json.Nodes.JsonNode? Strategic { get; init; }

    [Description("A merge patch, RFC 7396.")]
    [FreeForm]
    public System.Text.Json.Nodes.JsonNode? Merge { get; init; }

    [Description("A JSON patch, RFC 6902.")]
    [FreeForm(IsList = true)]
    public System.Text.Json.Nodes.JsonNode? Json { get; init; }
}

[Description("A role or a component, and which versions of it.")]
[Rule("has(self.role) != has(self.component)", "give exactly one of role and component")]
public sealed record ComponentRequirement
{
    [Description("Any component with this role.")]
    [Form(TextForm.Word)]
    public string? Role { get; init; }

    [Description("This component.")]
    [Form(TextForm.ObjectName)]
    public string? Component { get; init; }

    [Description("Versions, as \">=1.2 <2\"; all when left out.")]
    [Form(TextForm.VersionRange)]
    public string? Versions { get; init; }
}

[Description("When objects count as healthy.")]
[Rule("has(self.minReady) || has(self.condition) || has(self.expression) || (has(self.ignore) && self.ignore)", "say when they are healthy: minReady, condition, expression, or ignore: true")]
[Rule("!(has(self.ignore) && self.ignore && (has(self.minReady) || has(self.condition) || has(self.expression)))", "objects that are not looked at need no further rule: drop ignore or the rest", Field = ".ignore")]
public sealed record HealthRule : ObjectTarget
{
    [Description("How many of the wanted replicas must be ready, a number or a percentage.")]
    [NumberOrText]
    [JsonConverter(typeof(NumberOrTextConverter))]
    [Form(TextForm.NumberOrPercentage)]
    public string? MinReady { get; init; }

    [Description("A condition that must be True.")]
    [Form(TextForm.ConditionType)]
    public string? Condition { get; init; }

    [Description("A CEL expression over `self` that must be true.")]
    [Size(1, 4096)]
    public string? Expression { get; init; }

    [Description("Do not look at these objects at all.")]
    public bool Ignore { get; init; }
}

[Description("Fields that others may change.")]
public sealed record IgnoredFields : ObjectTarget
{
    [Description("Paths, as spec.replicas or webhooks[*].clientConfig.caBundle.")]
    [Mandatory]
    [Form(TextForm.FieldPath)]
    [MergedBy]
    [Size(1, 64)]
    public IReadOnlyList<string> Fields { get => field ?? []; init; }
}

[Description("What the hub found about the component.")]
public sealed record ComponentStatus
{
    [Description("Ready: all versions can be used.")]
    [MergedBy("type")]
    [Size(0, 32)]
    public IReadOnlyList<Condition> Conditions { get => field ?? []; init; }
}
