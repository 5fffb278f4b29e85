using Flotilla.Api.Sync;

namespace Flotilla.Agent.Tests.Sites;

/// <summary>Crashes at every write of a whole story: what happened is told once each, in order, whenever the power goes.</summary>
public sealed class CrashTests
{
    private static readonly JournalEvent[] Story =
    [
        JournalEvent.Enrolled, JournalEvent.DesiredStateTaken, JournalEvent.ReleaseStaged, JournalEvent.ReleaseBegun, JournalEvent.ReleaseApplied,
        JournalEvent.DesiredStateTaken, JournalEvent.Paused, JournalEvent.DesiredStateTaken, JournalEvent.Resumed, JournalEvent.ReleaseStaged, JournalEvent.ReleaseBegun, JournalEvent.ReleaseApplied,
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_event_is_told_once_whichever_write_a_crash_cuts_off(bool written)
    {
        var crashes = 0;
        for (var n = 1; await TellAsync(n, written); n++)
            crashes++;
        // Each entry and each change is a write at least; a story that writes nothing would prove nothing.
        Assert.True(crashes > 2 * Story.Length, $"only {crashes} writes");
    }

    /// <returns>Whether there was an n-th write.</returns>
    private static async Task<bool> TellAsync(int n, bool written)
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var (first, second) = (await hub.PublishAsync(AgentGround.ConfigMap("hello")), await hub.PublishAsync(AgentGround.ConfigMap("goodbye")));
        hub.Want(hub.State(1, first));
        var state = new BreakingState(ground.State, new Power(n, written));
        ground.Boot(state);
        var crashed = false;

        async Task ReachAsync(Func<bool> holds)
        {
            try
            {
                await ground.UntilAsync(holds);
            }
            catch (IOException e) when (e.Message == Power.Gone)
            {
                crashed = true;
                await ground.ShutDownAsync();
                ground.Boot();
                await ground.UntilAsync(holds);
            }
        }

        bool IsApplied(ReleaseTarget release, long sequence) => hub.Report is { Phase: SitePhase.Settled } report && report.Applied?.Release == release.Release
            && report.Sequence == sequence && ground.State.Journal.Last == ground.State.Journal.Acknowledged;

        await ReachAsync(() => IsApplied(first, 1));
        hub.Want(hub.State(2, first) with { Paused = true });
        await ReachAsync(() => IsApplied(first, 2));
        hub.Want(hub.State(3, second));
        await ReachAsync(() => IsApplied(second, 3));

        var told = hub.Entries.Select(e => e.Event).Where(e => Story.Contains(e));
        Assert.True(Story.SequenceEqual(told), $"write {n}, {(written ? "after" : "before")}:\n{string.Join('\n', hub.Entries)}");
        Assert.Equal(Enumerable.Range(1, hub.Entries.Count), hub.Entries.Select(e => (int)e.Number));
        return crashed;
    }
}
