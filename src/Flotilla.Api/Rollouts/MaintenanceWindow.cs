using System.ComponentModel;
using Flotilla.Api.Definitions;

namespace Flotilla.Api.Rollouts;

/// <summary>When changes may begin, in local time.</summary>
[Description("When changes may begin at sites, in local time. A Fleet names it in spec.windows.")]
[KindNames("maintenancewindows", "mw")]
[Column("Zone", ".spec.timeZone", "Whose time: Site is each site's own.")]
[Column("Open From", ".spec.open[*].from", "When it opens on days of the week.")]
[Column("To", ".spec.open[*].to", "When it closes again.")]
[Column("Days", ".spec.open[*].days", "On which days.", Wide = true)]
[Column("Dates", ".spec.dates[*].from", "When it opens once.", Wide = true)]
[Column("Blackouts", ".spec.blackouts[*].from", "From when nothing begins, whatever else is open.", Wide = true)]
public sealed record MaintenanceWindow
{
    public ObjectMeta Metadata { get => field ?? new(); init; }

    [Mandatory]
    public MaintenanceWindowSpec Spec { get => field ?? new(); init; }
}

/// <summary>When changes may begin, in local time.</summary>
[Description("When changes may begin. With neither open nor dates: always, except during blackouts.")]
[Rule("(has(self.open) && size(self.open) > 0) || (has(self.dates) && size(self.dates) > 0) || (has(self.blackouts) && size(self.blackouts) > 0)",
    "the window says nothing: give open, dates or blackouts", Reason = "FieldValueRequired")]
public sealed record MaintenanceWindowSpec
{
    /// <summary>The zone of <see cref="TimeZone"/> that stands for that of each site.</summary>
    public const string SiteZone = "Site";

    [Description("Whose time: Site for the time zone of each site (spec.location.timeZone), or a zone of the IANA database as Europe/Paris. Without it Site.")]
    [Form(TextForm.TimeZone)]
    public string TimeZone { get => field ?? SiteZone; init; }

    [Description("Open on days of the week.")]
    [Size(0, 64)]
    public IReadOnlyList<WeeklyOpening> Open { get => field ?? []; init; }

    [Description("Open once.")]
    [Size(0, 128)]
    public IReadOnlyList<DatedOpening> Dates { get => field ?? []; init; }

    [Description("Closed, whatever else is open.")]
    [Size(0, 128)]
    public IReadOnlyList<Blackout> Blackouts { get => field ?? []; init; }
}

/// <summary>Open on days of the week.</summary>
[Description("A time that comes every week.")]
[Rule("self.from != self.to", "it closes when it opens: for a whole day write from 00:00 to 24:00", Field = ".to")]
public sealed record WeeklyOpening
{
    /// <summary>The days on which it opens, <c>Mon</c> to <c>Sun</c>.</summary>
    [Description("The days on which it opens.")]
    [Mandatory]
    [Words("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")]
    [MergedBy]
    [Size(1, 7)]
    public IReadOnlyList<string> Days { get => field ?? []; init; }

    /// <summary>A time of day, <c>22:00</c>.</summary>
    [Description("When it opens.")]
    [Mandatory]
    [Form(TextForm.TimeOfDay)]
    public string From { get => field ?? ""; init; }

    /// <summary>A time of day; of the next day when it is not after <see cref="From"/>.</summary>
    [Description("When it closes; on the next day when that is not after from. Nothing begins after it, but what has begun goes on.")]
    [Mandatory]
    [Form(TextForm.TimeOfDay)]
    public string To { get => field ?? ""; init; }

    /// <summary>The first such time of day after <see cref="From"/>: nothing begins that would not be through by then.</summary>
    [Description("Nothing begins that is not expected to be through by this time, which is the first such after from.")]
    [Form(TextForm.TimeOfDay)]
    public string? FinishBy { get; init; }
}

/// <summary>Open once.</summary>
[Description("A time that comes once.")]
[Rule("self.from < self.to || self.from.startsWith(self.to)", "it ends before it begins: give a later to", Field = ".to")]
public sealed record DatedOpening
{
    [Description("From when.")]
    [Mandatory]
    [Form(TextForm.LocalTime)]
    public string From { get => field ?? ""; init; }

    [Description("Up to when; a date is meant to its end. Nothing begins after it, but what has begun goes on.")]
    [Mandatory]
    [Form(TextForm.LocalTime)]
    public string To { get => field ?? ""; init; }

    [Description("Nothing begins that is not expected to be through by then.")]
    [Form(TextForm.LocalTime)]
    public string? FinishBy { get; init; }
}

/// <summary>Closed, whatever else is open.</summary>
[Description("A time in which nothing begins.")]
[Rule("self.from < self.to || self.from.startsWith(self.to)", "it ends before it begins: give a later to", Field = ".to")]
public sealed record Blackout
{
    /// <summary>A date, or a local date and time.</summary>
    [Description("From when.")]
    [Mandatory]
    [Form(TextForm.LocalTime)]
    public string From { get => field ?? ""; init; }

    /// <summary>A date, which is over with its last minute, or a local date and time.</summary>
    [Description("Up to when; a date is meant to its end.")]
    [Mandatory]
    [Form(TextForm.LocalTime)]
    public string To { get => field ?? ""; init; }

    [Description("Why, for people who wait.")]
    [Form(TextForm.Line)]
    [Size(1, 256)]
    public string? Reason { get; init; }
}

/// <summary>A time in which nothing begins anywhere.</summary>
[Description("A time in which nothing begins at any site of the fleet.")]
[Rule("self.from < self.to", "it ends before it begins: give a later to", Field = ".to")]
public sealed record Freeze
{
    [Description("From when.")]
    [Mandatory]
    public DateTimeOffset From { get; init; }

    [Description("Up to when.")]
    [Mandatory]
    public DateTimeOffset To { get; init; }

    [Description("Why, for people who wait.")]
    [Form(TextForm.Line)]
    [Size(1, 256)]
    public string? Reason { get; init; }
}
