
namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>People and machines at gates, who say yes when it is assumed that they do.</summary>
internal sealed class ForecastGates(ForecastInput input)
{
    private const string Assumed = "(assumed)";
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);
    private readonly List<GivenApproval> approvals = [.. input.Approvals];
    private readonly Dictionary<string, (DateTimeOffset At, bool IsWebhook)> expected = [];

    public IReadOnlyList<GivenApproval> Approvals => approvals;

    /// <summary>When the next one says yes; the end of time for never.</summary>
    public DateTimeOffset Due { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>The record with the answers that came.</summary>
    public RolloutRecord Answer(RolloutRecord record, DateTimeOffset now)
    {
        if (Due > now)
            return record;
        foreach (var (key, (at, isWebhook)) in expected.ToList())
        {
            if (at > now)
                continue;
            expected.Remove(key);
            if (isWebhook)
                record = record with { Gates = [.. record.Gates.Select(g => g.Key == key ? g with { Asked = now, Answer = GateRecord.Yes, By = $"its webhook allows it {Assumed}." } : g)] };
            else
                approvals.Add(new GivenApproval(key, $"Somebody {Assumed}", "", now));
        }
        Due = expected.Count == 0 ? DateTimeOffset.MaxValue : expected.Values.Min(e => e.At);
        return record;
    }

    /// <summary>Notes who is waited for since this step. A webhook counts as asked until it answers, so that nothing happens every minute.</summary>
    public RolloutRecord Expect(RolloutRecord record, IReadOnlyList<GateQuestion> questions, DateTimeOffset now)
    {
        foreach (var gate in record.Gates)
        {
            if (gate.Passed is null && input.Assumptions.Approval is { } delay && TermsOf(gate.Key) is GateTerms.Approval)
                Add(gate.Key, Later(gate.Reached + delay, now.AddTicks(1)), false);
        }
        foreach (var question in questions)
        {
            var answers = input.Assumptions.Webhook is { } delay ? now.AddTicks(1) + delay : DateTimeOffset.MaxValue;
            if (answers < DateTimeOffset.MaxValue)
                Add(question.Gate, answers, true);
            record = record with { Gates = [.. record.Gates.Select(g => g.Key == question.Gate ? g with { Asked = answers - AskAgain } : g)] };
        }
        return record;
    }

    /// <summary>What a gate asks for; null when there is none of this key.</summary>
    private GateTerms? TermsOf(string key)
    {
        foreach (var wave in input.Terms.Waves)
        {
            for (var i = 0; i < wave.Before.Count; i++)
            {
                if (key == $"{wave.Name}/before/{i}")
                    return wave.Before[i];
            }
            for (var i = 0; i < wave.After.Count; i++)
            {
                if (key == $"{wave.Name}/after/{i}")
                    return wave.After[i];
            }
        }
        return null;
    }

    private void Add(string key, DateTimeOffset at, bool isWebhook)
    {
        if (expected.TryAdd(key, (at, isWebhook)) && at < Due)
            Due = at;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
