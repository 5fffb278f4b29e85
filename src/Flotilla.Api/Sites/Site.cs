using System.ComponentModel;
using System.Text.Json.Serialization;
using Flotilla.Api.Definitions;

namespace Flotilla.Api.Sites;

/// <summary>A place with a Kubernetes cluster: a shop, a ship, an aircraft.</summary>
[Description("A place with a Kubernetes cluster: a shop, a ship, an aircraft.")]
[KindNames("sites", "site")]
[Column("Fleet", ".status.target.fleet", "The fleet that decides what the site runs.")]
[Column("Connected", ".status.conditions[?(@.type==\"Connected\")].status", "Whether the site is heard of within its time.")]
[Column("In Sync", ".status.conditions[?(@.type==\"InSync\")].status", "Whether it runs what it is meant to run.")]
[Column("Up To Date", ".status.conditions[?(@.type==\"UpToDate\")].status", "Whether it is meant to run the fleet's current revision.")]
[Column("Healthy", ".status.conditions[?(@.type==\"Healthy\")].status", "Whether everything that is applied is healthy.")]
[Column("Last Seen", ".status.lastSeen", "When it was last heard of, coarse.", Type = "date")]
[Column("Why", ".status.conditions[?(@.type==\"InSync\")].reason", "Why it is in sync or not.", Wide = true)]
[Column("Display Name", ".spec.displayName", "Its name for people.", Wide = true)]
[Column("Country", ".spec.location.country", "The country it is in.", Wide = true)]
[Column("Kubernetes", ".status.kubernetes.version", "Version of its cluster.", Wide = true)]
[Column("Nodes", ".status.kubernetes.nodes", "Number of nodes.", Type = "integer", Wide = true)]
[Column("Agent", ".status.agent", "Version of its agent.", Wide = true)]
[Column("Paused", ".spec.paused", "Whether nothing new is started there.", Type = "boolean", Wide = true)]
public sealed record Site
{
    public ObjectMeta Metadata { get => field ?? new(); init; }

    public SiteSpec Spec { get => field ?? new(); init; }

    public SiteStatus? Status { get; init; }
}

[Description("What is declared about the place.")]
public sealed record SiteSpec
{
    [Description("Name for people.")]
    [Form(TextForm.Line)]
    [Size(1, 256)]
    public string? DisplayName { get; init; }

    [Description("Where it is, or where it belongs.")]
    public SiteLocation? Location { get; init; }

    [Description("What is normal for its link to the hub.")]
    public SiteLink? Link { get; init; }

    [Description("Values that stacks may use as ${site.NAME}.")]
    [MergedBy("name")]
    [Size(0, 128)]
    public IReadOnlyList<SiteParameter> Parameters { get => field ?? []; init; }

    [Description("Nothing new is started here while this is true; what runs goes on running and is kept as declared.")]
    public bool Paused { get; init; }
}

[Description("A location on Earth.")]
[Rule("has(self.latitude) == has(self.longitude)", "latitude and longitude belong together: give both or none")]
public sealed record SiteLocation
{
    [Description("Degrees north, WGS 84.")]
    [Between(-90, 90)]
    public double? Latitude { get; init; }

    [Description("Degrees east, WGS 84.")]
    [Between(-180, 180)]
    public double? Longitude { get; init; }

    [Description("Country, ISO 3166-1 alpha-2.")]
    [Form(TextForm.Country)]
    public string? Country { get; init; }

    [Description("Time zone, a name of the IANA database as Europe/Paris.")]
    [Form(TextForm.TimeZone)]
    public string? TimeZone { get; init; }
}

[Description("A link as it normally is.")]
public sealed record SiteLink
{
    [Description("Bits per second, a quantity as 20M.")]
    [Form(TextForm.Quantity)]
    public string? Bandwidth { get; init; }

    [Description("Bytes that the link may carry a day (UTC), a quantity as 50M. Content stops at four fifths of it, the journal short of it; desired state and reports go on.")]
    [Form(TextForm.Quantity)]
    public string? DailyBudget { get; init; }

    [Description("The most bits per second that fetching content may take of the link, a quantity as 512k.")]
    [Form(TextForm.Quantity)]
    public string? FetchRate { get; init; }

    [Description("Round trip time, a duration as 40ms.")]
    [Form(TextForm.Duration)]
    public string? Latency { get; init; }

    [Description("Whether traffic costs money: the site then asks seldom and holds no connection.")]
    public bool Metered { get; init; }

    [Description("For how long it is normal not to hear from the site, a duration as 1h or 720h. Without it 5m.")]
    [Form(TextForm.Duration)]
    public string? ExpectedAway { get; init; }
}

[Description("A named value of the site.")]
[Rule("has(self.value) != has(self.secretRef)", "give exactly one of value and secretRef")]
public sealed record SiteParameter
{
    [Description("Name, used as ${site.NAME}.")]
    [Form(TextForm.ParameterName)]
    [Rule("!(self in ['name', 'displayName', 'country', 'timeZone', 'labels'])",
        "name, displayName, country, timeZone and labels are taken: a stack finds them in the Site itself; choose another name", Reason = "FieldValueForbidden")]
    public required string Name { get; init; }

    [Description("The value.")]
    [NumberOrText]
    [JsonConverter(typeof(NumberOrTextConverter))]
    [Size(0, 4096)]
    public string? Value { get; init; }

    [Description("Takes the value from a Secret in the same namespace that its owner has opened to this site (label flotilla.dev/sites). Usable only within the data of a Secret.")]
    public SecretKeyReference? SecretRef { get; init; }
}

[Description("A key of a Secret.")]
public sealed record SecretKeyReference
{
    [Description("Name of the Secret.")]
    [Form(TextForm.ObjectName)]
    public required string Name { get; init; }

    [Description("Key within its data.")]
    [Size(1, 253)]
    public required string Key { get; init; }
}
