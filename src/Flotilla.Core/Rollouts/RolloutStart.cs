using System.Buffers;
using System.IO.Hashing;
using System.Text;
using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Fleets;
using Flotilla.Core.Sites;

namespace Flotilla.Core.Rollouts;

/// <summary>A rollout at its beginning: who is in it, in which wave, with what to go back to.</summary>
public static class RolloutStart
{
    /// <summary>Freezes membership. The same rollout of the same sites always picks the same.</summary>
    /// <param name="labels">Labels of a site.</param>
    /// <param name="before">A site in the rollout before.</param>
    public static (RolloutRecord Record, IReadOnlyList<RolloutMember> Members) Freeze(
        string name, string fleet, string revision, string? previous, string strategy, RolloutTerms terms, IReadOnlyList<FleetSite> sites,
        Func<FleetSite, IReadOnlyDictionary<string, string>> labels, DateTimeOffset now, Func<SiteName, RolloutMember?>? before = null)
    {
        var waves = Waves(name, terms, sites, labels, now);
        var members = new RolloutMember[sites.Count];
        for (var i = 0; i < members.Length; i++)
        {
            members[i] = new RolloutMember
            {
                Site = sites[i].Name,
                Wave = waves[i],
                State = RolloutSiteState.Waiting,
                Since = now,
                Reason = Reasons.RollingOut,
                From = Had(sites[i].Facts),
                TookBefore = before?.Invoke(sites[i].Name) is { } last ? last.Took ?? last.TookBefore : null,
            };
        }
        var record = new RolloutRecord
        {
            Name = name,
            Fleet = fleet,
            Revision = revision,
            Previous = previous,
            Strategy = strategy,
            Created = now,
            Phase = RolloutPhase.Running,
            Reason = Reasons.RollingOut,
            Waves = [.. terms.Waves.Select(w => new WaveRecord { Name = w.Name })],
        };
        return (record, members);
    }

    /// <summary>The release that a site runs as a whole.</summary>
    private static ReleaseTarget? Had(SiteFacts? facts) =>
        facts is { AppliedRevision: { } revision, AppliedRelease: { } release } ? new ReleaseTarget(revision, release) : null;

    private static int[] Waves(string name, RolloutTerms terms, IReadOnlyList<FleetSite> sites, Func<FleetSite, IReadOnlyDictionary<string, string>> labels, DateTimeOffset now)
    {
        var waves = new int[sites.Count];
        Array.Fill(waves, -1);
        var drawn = Drawn(name, sites, now);
        var from = 0;
        for (var w = 0; w < terms.Waves.Count; w++)
        {
            switch (terms.Waves[w].Select)
            {
                case WaveSelection.Labels chosen:
                    for (var i = 0; i < sites.Count; i++)
                    {
                        if (waves[i] < 0 && chosen.Selector.Matches(labels(sites[i])))
                            waves[i] = w;
                    }
                    break;
                case WaveSelection.Part part:
                    var left = part.Share.PickOf(sites.Count);
                    for (; left > 0 && from < drawn.Length; from++)
                    {
                        if (waves[drawn[from].Place] >= 0)
                            continue;
                        waves[drawn[from].Place] = w;
                        left--;
                    }
                    break;
                default:
                    for (var i = 0; i < sites.Count; i++)
                    {
                        if (waves[i] < 0)
                            waves[i] = w;
                    }
                    break;
            }
        }
        return waves;
    }

    /// <summary>Who is there comes first, so that a part of a fleet is picked of those that can show something; beyond that it is drawn.</summary>
    private static (bool Away, ulong Draw, int Place)[] Drawn(string rollout, IReadOnlyList<FleetSite> sites, DateTimeOffset now)
    {
        var drawn = new (bool Away, ulong Draw, int Place)[sites.Count];
        var text = new ArrayBufferWriter<byte>();
        for (var i = 0; i < drawn.Length; i++)
        {
            text.ResetWrittenCount();
            Encoding.UTF8.GetBytes(rollout, text);
            text.Write("/"u8);
            Encoding.UTF8.GetBytes(sites[i].Name.Name, text);
            drawn[i] = (SiteContacts.Of(sites[i].Facts, sites[i].ExpectedAway, now) != SiteContact.Connected, XxHash64.HashToUInt64(text.WrittenSpan), i);
        }
        Array.Sort(drawn);
        return drawn;
    }
}
