using System.ComponentModel;
using Flotilla.Api.Definitions;

namespace Flotilla.Api.Sites;

[Description("What is known of the place. A mirror of the ledger, written when its meaning changes.")]
public sealed record SiteStatus
{
    [Description("Enrolled, Connected, InSync, UpToDate, Healthy; JournalComplete once something was left out of the journal.")]
    [MergedBy("type")]
    [Size(0, 32)]
    public IReadOnlyList<Condition> Conditions { get => field ?? []; init; }

    [Description("When the site was last heard of, coarse; the hub's read API has the exact time.")]
    public DateTimeOffset? LastSeen { get; init; }

    [Description("The cluster, as the site last told.")]
    public KubernetesFacts? Kubernetes { get; init; }

    [Description("What the site is meant to run.")]
    public SiteTarget? Target { get; init; }

    [Description("What the site runs, as it last told.")]
    public AppliedRelease? Applied { get; init; }

    [Description("Version of the agent.")]
    public string? Agent { get; init; }

    [Description("What the link carried, as the site last told: it does when a day is over and when it passes parts of its budget.")]
    public SiteLinkUse? Link { get; init; }
}

[Description("What a link carried in a day, in bytes of TCP both ways.")]
public sealed record SiteLinkUse
{
    [Description("The day (UTC), as 2027-03-01.")]
    public required string Day { get; init; }

    [Description("All of it.")]
    public long Total { get; init; }

    [Description("Answers of the hub: desired state, keys, leave to begin.")]
    public long DesiredState { get; init; }

    [Description("Releases.")]
    public long Content { get; init; }

    [Description("What the site told: its journal and its report.")]
    public long Journal { get; init; }

    [Description("Everything else: TLS, heads of requests, pings.")]
    public long Overhead { get; init; }

    [Description("Whether the budget of the day is used, so that all but the essential waits.")]
    public bool Spent { get; init; }
}

[Description("A cluster in short.")]
public sealed record KubernetesFacts
{
    [Description("Version of the API server, as v1.36.2.")]
    public string? Version { get; init; }

    [Description("Number of nodes.")]
    public int Nodes { get; init; }
}

[Description("What a site is meant to run.")]
public sealed record SiteTarget
{
    [Description("The Fleet that decides.")]
    public required string Fleet { get; init; }

    [Description("Digest of the revision.")]
    public required string Revision { get; init; }

    [Description("Digest of the release.")]
    public required string Release { get; init; }
}

[Description("What a site runs.")]
public sealed record AppliedRelease
{
    [Description("Digest of the revision.")]
    public required string Revision { get; init; }

    [Description("Digest of the release.")]
    public required string Release { get; init; }

    [Description("Since when.")]
    public DateTimeOffset? Since { get; init; }
}
