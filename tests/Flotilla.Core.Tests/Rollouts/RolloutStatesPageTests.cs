using System.Text;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Rollouts;
using Flotilla.TestKit;

namespace Flotilla.Core.Tests.Rollouts;

/// <summary>docs/rollout-states.md is drawn from the machine. <c>FLOTILLA_GOLDEN=write</c> writes it.</summary>
public sealed class RolloutStatesPageTests
{
    private static readonly RolloutSiteState[] States = Enum.GetValues<RolloutSiteState>();
    private static readonly SiteSight[] Sights = Enum.GetValues<SiteSight>();

    [Fact]
    public void The_page_is_drawn_from_the_machine()
    {
        var page = Path.Combine(Repository.Root, "docs", "rollout-states.md");
        var drawn = Draw();
        if (Environment.GetEnvironmentVariable("FLOTILLA_GOLDEN") == "write")
            File.WriteAllText(page, drawn);
        Assert.Equal(File.ReadAllText(page), drawn);
    }

    private static string Draw()
    {
        var text = new StringBuilder();
        text.Append(
            """
            # States of a site in a rollout

            Drawn from `SiteMachine` of `src/Flotilla.Core/Rollouts` by a test. What is seen of a site (`SiteSight`) decides its next state; every state
            has one for every sight. Besides, the rollout itself moves sites: a permit makes *Staged* to *Applying*; a permit that is taken back makes *Applying* to
            *Staged*; another try makes *Failed* to *Applying*; a way back makes all that were permitted to *Waiting*; skipping, superseding and cancelling end what was
            not begun. `Succeeded`, `RolledBack`, `Skipped` and `Superseded` are final. `Applying` and `Silent` hold a slot.


            """.ReplaceLineEndings("\n"));
        Draw(text, "On the way there", back: false);
        Draw(text, "On the way back", back: true);
        text.Append("## What is seen\n\n| sight | Waiting, Staging, Staged, Deferred | Applying | Soaking | Silent | Failed |\n|---|---|---|---|---|---|\n");
        foreach (var sight in Sights)
        {
            RolloutSiteState[] columns = [RolloutSiteState.Waiting, RolloutSiteState.Applying, RolloutSiteState.Soaking, RolloutSiteState.Silent, RolloutSiteState.Failed];
            text.Append($"| {sight} | {string.Join(" | ", columns.Select(state => Cell(state, sight)))} |\n");
        }
        return text.ToString();
    }

    private static string Cell(RolloutSiteState state, SiteSight sight)
    {
        var (there, back) = (SiteMachine.Next(state, sight), SiteMachine.Next(state, sight, back: true));
        return there == back ? $"{there}" : $"{there} (back: {back})";
    }

    /// <summary>States that behave alike are one box; edges that lead to the same box are one arrow.</summary>
    private static void Draw(StringBuilder text, string title, bool back)
    {
        text.Append($"## {title}\n\n```mermaid\nstateDiagram-v2\n");
        var boxes = States.GroupBy(state => string.Join(' ', Sights.Select(sight => SiteMachine.Next(state, sight, back)))).Select(g => g.ToArray()).ToArray();
        boxes = Reached(boxes, back);
        foreach (var box in boxes)
            text.Append($"    state \"{string.Join(", ", box)}\" as {box[0]}\n");
        text.Append($"    [*] --> {States[0]}\n");
        foreach (var from in boxes)
        {
            foreach (var to in boxes)
            {
                var ways = Sights.Select(sight => (Sight: sight, Next: SiteMachine.Next(from[0], sight, back)))
                    .Where(way => to.Contains(way.Next) && (from != to || from.Length > 1)).GroupBy(way => way.Next).ToList();
                if (ways.Count == 0)
                    continue;
                var label = to.Length == 1 ? string.Join(", ", ways[0].Select(w => w.Sight)) : string.Join("; ", ways.Select(w => $"{string.Join(", ", w.Select(x => x.Sight))} = {w.Key}"));
                text.Append($"    {from[0]} --> {to[0]} : {label}\n");
            }
        }
        foreach (var final in boxes.Where(box => SiteMachine.IsFinal(box[0])))
            text.Append($"    {final[0]} --> [*]\n");
        text.Append("```\n\n");
    }

    /// <summary>Those that can be come to from the first.</summary>
    private static RolloutSiteState[][] Reached(RolloutSiteState[][] boxes, bool back)
    {
        var reached = new HashSet<RolloutSiteState> { States[0] };
        for (var before = 0; before < reached.Count;)
        {
            before = reached.Count;
            reached.UnionWith([.. reached.SelectMany(state => Sights.Select(sight => SiteMachine.Next(state, sight, back)))]);
        }
        return [.. boxes.Where(box => box.Any(reached.Contains))];
    }
}
