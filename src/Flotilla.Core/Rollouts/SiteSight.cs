namespace Flotilla.Core.Rollouts;

/// <summary>What is seen of a site, with a view to the release that it shall get. Together with a state it decides the next one.</summary>
public enum SiteSight : byte
{
    /// <summary>Its fleet does not select it any more, or its Site is gone, or another fleet selects it as well.</summary>
    Left,

    /// <summary>Somebody asked to leave it out.</summary>
    LeftOut,

    /// <summary>No agent is bound to it.</summary>
    NotEnrolled,

    /// <summary>There is no release for it.</summary>
    Blocked,

    /// <summary>Another change is at work there.</summary>
    Leased,

    /// <summary>Not heard of within its time, and no permit was delivered to it.</summary>
    Away,

    /// <summary>Not heard of since a permit was delivered to it.</summary>
    Quiet,

    /// <summary>The same, for longer than it may take.</summary>
    Lost,

    /// <summary>There, and not told of the release yet, or fetching it.</summary>
    Fetching,

    /// <summary>It cannot stage the release.</summary>
    CannotStage,

    /// <summary>Has the release, and no permit.</summary>
    Ready,

    /// <summary>Has a permit and has not begun.</summary>
    Permitted,

    /// <summary>Has not begun within its permit.</summary>
    PermitOver,

    /// <summary>Applies.</summary>
    Busy,

    /// <summary>Applies for longer than it may.</summary>
    Overdue,

    /// <summary>Says that it cannot go on.</summary>
    Failing,

    /// <summary>Runs the release and is not healthy.</summary>
    Ill,

    /// <summary>The same, for longer than it may be.</summary>
    IllTooLong,

    /// <summary>Runs the release, healthy.</summary>
    Well,

    /// <summary>The same, for as long as it has to.</summary>
    WellLongEnough,
}
