using System.Globalization;
using System.Text;
using Flotilla.Core.Rollouts;

namespace Flotilla.Core.Tests.Rollouts;

/// <summary>One scenario: a fleet, a way to change it, what goes wrong, and the story that comes of it.</summary>
/// <param name="title">What it is about, in a sentence.</param>
internal sealed class Scenario(string title, RolloutTerms terms, int sites = 4)
{
    private readonly List<(TimeSpan At, string What, Action<RolloutWorld> Do)> script = [];
    private readonly List<Action<RolloutWorld>> settings = [];
    private static readonly TimeSpan Afterwards = TimeSpan.FromHours(3);

    public DateTimeOffset Start { get; init; } = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public TimeSpan Length { get; init; } = TimeSpan.FromDays(2);

    /// <summary>What sites run at the beginning; null for nothing.</summary>
    public string? Runs { get; init; } = "r1";

    public Scenario With(Action<RolloutWorld> setting)
    {
        settings.Add(setting);
        return this;
    }

    public Scenario With(string site, Conduct conduct, string revision = "r2") => With(w => w[site].Conducts[revision] = conduct);

    public Scenario With(IEnumerable<string> names, Conduct conduct, string revision = "r2")
    {
        foreach (var name in names)
            With(name, conduct, revision);
        return this;
    }

    public Scenario At(TimeSpan at, string what, Action<RolloutWorld> act)
    {
        script.Add((at, what, act));
        return this;
    }

    public Scenario Away(string site, TimeSpan from, TimeSpan to) =>
        At(from, $"{site} goes away.", w => w[site].GoAway()).At(to, $"{site} comes back.", w => w[site].Return());

    /// <summary>The story, as text.</summary>
    public string Tell(bool restarts = false)
    {
        var (text, rules) = (new StringBuilder(), new WorldRules());
        var world = new RolloutWorld(terms, Start) { RestartsAtEveryStep = restarts };
        for (var i = 1; i <= sites; i++)
            world.Add($"s{i}", Runs);
        foreach (var set in settings)
            set(world);
        text.Append(title).Append("\n\n");
        var waits = "";
        world.Told = line => text.Append($"{When(line.Time)}  {line.Wave,-7}{line.Message} ({line.Reason})\n");
        world.Stepped = step =>
        {
            rules.Check(step);
            foreach (var permit in step.Actions.OfType<Flotilla.Core.Fleets.FleetAction.Permit>().Where(p => p.Because.StartsWith("takes one of", StringComparison.Ordinal)))
                text.Append($"{When(world.Now)}         {permit.Site.Name} follows: it may begin {permit.Leave.Release}.\n");
            var now = string.Join('\n', world.Outcome?.Waits.Select(w => w.Message) ?? []);
            var reasons = string.Join(',', world.Outcome?.Waits.Select(w => w.Reason == Api.Reasons.RollingOut ? w.Reason : w.Message) ?? []);
            if (reasons != waits && now.Length > 0)
                text.Append(string.Concat(now.Split('\n').Select(w => $"                   … {w}\n")));
            waits = reasons;
        };
        var (left, last) = (script.Count, Start);
        foreach (var (at, what, act) in script.OrderBy(s => s.At))
        {
            world.At(Start + at, () =>
            {
                text.Append($"{When(world.Now)}       · {what}\n");
                act(world);
                (left, last) = (left - 1, world.Now);
            });
        }
        world.Revision = "r2";
        world.RunUntil(Start + Length, () => left == 0 && world.Record is { IsOver: true, Ended: { } ended } && world.Now > ended + Afterwards && world.Now > last + Afterwards);
        text.Append($"\n{When(world.Now)}  {world.Record!.Name} is {world.Record.Phase} ({world.Record.Reason}){(world.Record.Message.Length > 0 ? $": {world.Record.Message}" : "")}\n");
        if (world.Memory.Quarantined.Count > 0)
            text.Append($"In quarantine: {string.Join(", ", world.Memory.Quarantined.Select(q => $"{q.Revision} ({q.Reason})"))}\n");
        text.Append($"Good: {world.Memory.Good}\n");
        var members = world.Members.ToDictionary(m => m.Site);
        foreach (var place in world.Places)
        {
            var member = members.GetValueOrDefault(place.Name);
            text.Append($"{place.Name.Name}: {(member is null ? "not in it" : $"{member.State} in {world.Record.Waves[member.Wave].Name}")}, runs {place.Runs ?? "nothing"}{(place.Connected ? "" : ", away")}\n");
        }
        return text.ToString();
    }

    private static string When(DateTimeOffset time) => time.ToString("ddd dd HH:mm:ss", CultureInfo.InvariantCulture);
}
