using System.ComponentModel;

namespace Flotilla.Api.Sites;

/// <summary>A place with a Kubernetes cluster: a shop, a ship, an aircraft.</summary>
[Description("A place with a Kubernetes cluster: a shop, a ship, an aircraft.")]
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
    public string? DisplayName { get; init; }

    [Description("Where it is, or where it belongs.")]
    public SiteLocation? Location { get; init; }

    [Description("What is normal for its link to the hub.")]
    public SiteLink? Link { get; init; }

    [Description("Values that stacks may use as ${site.NAME}.")]
    public IReadOnlyList<SiteParameter> Parameters { get => field ?? []; init; }

    [Description("Nothing new is started here while this is true; what runs goes on running and is kept as declared.")]
    public bool Paused { get; init; }
}

[Description("A location on Earth.")]
public sealed record SiteLocation
{
    [Description("Degrees north, WGS 84.")]
    public double? Latitude { get; init; }

    [Description("Degrees east, WGS 84.")]
    public double? Longitude { get; init; }

    [Description("Country, ISO 3166-1 alpha-2.")]
    public string? Country { get; init; }

    [Description("Time zone, a name of the IANA database as Europe/Paris.")]
    public string? TimeZone { get; init; }
}

[Description("A link as it normally is.")]
public sealed record SiteLink
{
    [Description("Bits per second, a quantity as 20M.")]
    public string? Bandwidth { get; init; }

    [Description("Round trip time, a duration as 40ms.")]
    public string? Latency { get; init; }

    [Description("Whether traffic costs money: the site then asks seldom and holds no connection.")]
    public bool Metered { get; init; }

    [Description("For how long it is normal not to hear from the site, a duration as 1h or 720h. Without it 5m.")]
    public string? ExpectedAway { get; init; }
}

[Description("A named value of the site.")]
public sealed record SiteParameter
{
    [Description("Name, used as ${site.NAME}.")]
    public required string Name { get; init; }

    [Description("The value.")]
    public string? Value { get; init; }

    [Description("Takes the value from a Secret in the same namespace that its owner has opened to this site (label flotilla.dev/sites). Usable only within the data of a Secret.")]
    public SecretKeyReference? SecretRef { get; init; }
}

[Description("A key of a Secret.")]
public sealed record SecretKeyReference
{
    [Description("Name of the Secret.")]
    public required string Name { get; init; }

    [Description("Key within its data.")]
    public required string Key { get; init; }
}
