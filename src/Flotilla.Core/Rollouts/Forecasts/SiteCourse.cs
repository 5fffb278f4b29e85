using System.Globalization;
using Flotilla.Api;
using Flotilla.Core.Windows;

namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>Where the time of one site goes, from the beginning of its wave until it is through.</summary>
internal sealed class SiteCourse
{
    private const int MostOpenings = 1000;
    private readonly List<(TimeSpan Time, string Reason, string Message)> parts = [];

    /// <summary>What most of the time goes by with.</summary>
    public (string Reason, string Message) Longest
    {
        get
        {
            var longest = (Time: TimeSpan.Zero, Reason: Reasons.UpToDate, Message: "runs it already");
            foreach (var part in parts)
            {
                if (part.Time > longest.Time)
                    longest = part;
            }
            return (longest.Reason, longest.Message);
        }
    }

    /// <summary>The course of a site within the rollout.</summary>
    /// <param name="begin">When its wave began, or when the forecast was made.</param>
    public static SiteCourse Of(RolloutMember member, ModelledPlace place, ForecastSite known, ForecastAssumptions assumed, DateTimeOffset begin)
    {
        var course = new SiteCourse();
        var at = course.Until(begin, place.Returned, Reasons.Away, time => $"is away until {Words.Moment(time)}");
        at = course.Until(at, place.Staged, Reasons.Staging, _ => Fetching(place, known, assumed));
        if (member.Permitted is { } permitted)
        {
            at = course.Wait(at, permitted, place.Site.Calendar);
            at = course.Until(at, member.HealthySince, Reasons.Applying, _ => $"takes {Words.Duration(place.Hears + place.Applies)} to apply it");
        }
        course.Until(at, member.Since, Reasons.SoakRunning, time => $"soaks until {Words.Moment(time)}");
        return course;
    }

    /// <summary>The course of a site that follows a rollout that is over, and when it begins there.</summary>
    public static SiteCourse OfFollower(ModelledPlace place, ForecastSite known, ForecastAssumptions assumed, DateTimeOffset ended, DateTimeOffset back, DateTimeOffset ready, DateTimeOffset begins)
    {
        var course = new SiteCourse();
        course.Until(ended, back, Reasons.Away, time => $"is away until {Words.Moment(time)}");
        course.Until(back, ready, Reasons.Staging, _ => Fetching(place, known, assumed));
        course.Wait(ready, begins, place.Site.Calendar);
        course.parts.Add((place.Applies, Reasons.Applying, $"takes {Words.Duration(place.Hears + place.Applies)} to apply it"));
        return course;
    }

    private DateTimeOffset Until(DateTimeOffset from, DateTimeOffset? to, string reason, Func<DateTimeOffset, string> message)
    {
        if (!(to > from))
            return from;
        parts.Add((to.Value - from, reason, message(to.Value)));
        return to.Value;
    }

    /// <summary>From being ready to the permit: what of it lies outside its window, and the rest.</summary>
    private DateTimeOffset Wait(DateTimeOffset from, DateTimeOffset to, MaintenanceCalendar? calendar)
    {
        if (to <= from)
            return from;
        var (closed, at) = (TimeSpan.Zero, from);
        for (var i = 0; calendar is not null && at < to && i < MostOpenings; i++)
        {
            var answer = calendar.At(at.AddTicks(1));
            var next = (answer.IsOpen ? answer.Closes : answer.Opens) is { } time && time < to ? time : to;
            closed += answer.IsOpen ? TimeSpan.Zero : next - at;
            at = next > at ? next : to;
        }
        if (closed > TimeSpan.Zero)
            parts.Add((closed, Reasons.WindowClosed, $"waits for its maintenance window until {Words.Moment(to)}"));
        if (to - from - closed is { Ticks: > 0 } slot)
            parts.Add((slot, Reasons.WaitingForSlot, $"waits {Words.Duration(slot)} for a slot"));
        return to;
    }

    private static string Fetching(ModelledPlace place, ForecastSite known, ForecastAssumptions assumed) => string.Create(
        CultureInfo.InvariantCulture, $"fetches {known.Bytes / 1e6:0.#} MB over {(known.BitsPerSecond ?? assumed.BitsPerSecond) / 1e6:0.###} Mbit/s: {Words.Duration(place.Fetches)}");
}
