using Flotilla.Api.Sites;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Rollouts;

/// <summary>What the ledger keeps of a fleet, in the memory of whoever works on it.</summary>
internal sealed class FleetState
{
    private const int TailLength = 50;
    private const int ReadAtOnce = 1000;

    public FleetMemory Memory { get; private set; } = new();

    /// <summary>The newest rollout, running or over.</summary>
    public RolloutRecord? Rollout { get; private set; }

    public RolloutTerms? Terms { get; private set; }

    public IReadOnlyList<RolloutMember> Members { get; private set; } = [];

    /// <summary>The last lines of its story.</summary>
    public IReadOnlyList<StoryEntry> Tail { get; private set; } = [];

    private Dictionary<SiteName, int> Places { get; set; } = [];

    public RolloutMember? Find(SiteName site) => Places.TryGetValue(site, out var place) ? Members[place] : null;

    public static async Task<FleetState> LoadAsync(ILedger ledger, ObjectKey fleet, CancellationToken cancellation)
    {
        var state = new FleetState { Memory = RolloutJson.ReadMemory((await ledger.FleetAsync(fleet.Namespace, fleet.Name, cancellation))?.Document) };
        if (state.Memory.Rollout is not { } name || await ledger.RolloutAsync(fleet.Namespace, name, cancellation) is not { } stored)
            return state;
        state.Put(RolloutJson.ReadRecord(stored.Head.Document), [.. stored.Members.Select(m => RolloutJson.ReadMember(m.Document))]);
        IReadOnlyList<StoryLine> lines;
        var after = 0L;
        do
        {
            lines = await ledger.StoryAsync(fleet.Namespace, name, after, ReadAtOnce, cancellation);
            state.Tail = [.. state.Tail.Concat(lines.Select(l => RolloutJson.ReadEntry(l.Text))).TakeLast(TailLength)];
            after = lines.Count > 0 ? lines[^1].Number : after;
        }
        while (lines.Count == ReadAtOnce);
        return state;
    }

    /// <summary>The same after a step that the ledger took.</summary>
    public FleetState After(FleetMemory memory, RolloutRecord? rollout, IReadOnlyList<RolloutMember> members, IReadOnlyList<StoryEntry> story)
    {
        var isNew = rollout?.Name != Rollout?.Name;
        var next = new FleetState { Memory = memory, Tail = isNew ? [.. story.TakeLast(TailLength)] : story.Count == 0 ? Tail : [.. Tail.Concat(story).TakeLast(TailLength)] };
        if (rollout is not null)
            next.Put(rollout, members, isNew || members.Count != Members.Count ? null : Places, isNew ? null : Terms);
        return next;
    }

    private void Put(RolloutRecord rollout, IReadOnlyList<RolloutMember> members, Dictionary<SiteName, int>? places = null, RolloutTerms? terms = null)
    {
        Rollout = rollout;
        Terms = terms ?? RolloutTermsReading.Terms(RolloutTermsReading.Read(rollout.Strategy));
        Members = members;
        Places = places ?? members.Select((m, i) => (m.Site, i)).ToDictionary(p => p.Site, p => p.i);
    }
}
