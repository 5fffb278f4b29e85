using Flotilla.Api;

namespace Flotilla.Core.Windows;

/// <summary>Whether a change may begin at a time.</summary>
public readonly record struct WindowAnswer
{
    /// <summary>Whether it may begin.</summary>
    public bool IsOpen => Reason is null;

    /// <summary>Up to when it may begin as well, without a pause in between; null for beyond the days that are looked at.</summary>
    public DateTimeOffset? LastStart { get; init; }

    /// <summary>When an open window closes; null for beyond the days that are looked at.</summary>
    public DateTimeOffset? Closes { get; init; }

    /// <summary>A code of <see cref="Reasons"/> when it may not begin.</summary>
    public string? Reason { get; init; }

    /// <summary>What people wrote as the cause, or what is wrong.</summary>
    public string? Because { get; init; }

    /// <summary>When it may begin next; null for not within the days that are looked at.</summary>
    public DateTimeOffset? Opens { get; init; }

    /// <summary>A sentence for people.</summary>
    public string Say()
    {
        if (IsOpen)
            return Closes is { } closes ? $"The maintenance window is open until {closes:u}." : "No maintenance window keeps anything from beginning.";
        var what = Reason switch
        {
            Reasons.Frozen => "Changes are frozen",
            Reasons.Blackout => "The maintenance window has a blackout",
            Reasons.WindowClosed => "It is outside the maintenance window",
            _ => null,
        };
        if (what is null)
            return Because ?? "";
        var opens = Opens is { } time ? $"it may begin at {time:u}" : $"nothing may begin within {MaintenanceCalendar.Ahead.TotalDays} days";
        return string.IsNullOrWhiteSpace(Because) ? $"{what}; {opens}." : $"{what} ({Because}); {opens}.";
    }
}
