using Flotilla.Api.Sync;

namespace Flotilla.Agent.Links;

/// <summary>
/// What the budget of a day leaves room for. Content stops before the journal, the journal before the rest; desired state, leave to begin
/// and the report are essential: they are small, and a site that nobody can reach any more is worth less than what they cost.
/// </summary>
public sealed class LinkBudget(LinkBook book, Func<long?> daily, TimeProvider time)
{
    private const double ForContent = 0.8;
    private const double ForJournal = 0.95;

    /// <summary>Parts of the budget whose passing is told.</summary>
    private static readonly double[] Marks = [0.5, ForContent, ForJournal, 1];

    private (string Day, int Mark, LinkReport? Report) told = ("", -1, null);

    /// <summary>Counts.</summary>
    public LinkBook Book => book;

    public bool HasRoomForContent => HasRoom(ForContent);

    public bool HasRoomForJournal => HasRoom(ForJournal);

    /// <summary>Until the next day begins.</summary>
    public TimeSpan UntilNextDay => time.GetUtcNow() is var now ? now.Date.AddDays(1) - now.UtcDateTime : default;

    /// <summary>How much is used of what, for people.</summary>
    public string Say() => System.FormattableString.Invariant($"{book.Today.Total / 1e6:0.0} of {(daily() ?? 0) / 1e6:0.0} MB of this day are used");

    /// <summary>What is told of the link. The same until a day is over or a mark is passed.</summary>
    /// <param name="isMetered">Whether it is told without a budget, too.</param>
    public LinkReport? Report(bool isMetered)
    {
        var budget = daily();
        if (budget is null && !isMetered)
            return null;
        var today = book.Today;
        var mark = budget is > 0 ? Marks.Count(m => today.Total >= budget * m) : 0;
        if (told.Day == today.Day && told.Mark == mark && told.Report?.Budget == budget)
            return told.Report;
        var report = new LinkReport { Budget = budget, Yesterday = book.Yesterday, Today = mark > 0 ? today : null, Spent = !HasRoomForContent };
        told = (today.Day, mark, report);
        return report;
    }

    private bool HasRoom(double part) => daily() is not (> 0 and var budget) || book.Today.Total < budget * part;
}

/// <summary>The budget of the day is used, as far as it is there for content.</summary>
public sealed class LinkBudgetSpentException(string message) : Exception(message);
