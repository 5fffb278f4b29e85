using Flotilla.Api;

namespace Flotilla.Core.Rollouts;

internal sealed partial class RolloutPass
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    /// <summary>Whether all gates of a side of a wave let it pass; the first that does not is told of.</summary>
    /// <param name="since">When what a soak gate counts from happened.</param>
    private bool Pass(int wave, string side, IReadOnlyList<GateTerms> gates, DateTimeOffset since)
    {
        for (var i = 0; i < gates.Count; i++)
        {
            var key = $"{record.Waves[wave].Name}/{side}/{i}";
            var gate = record.Gates.FirstOrDefault(g => g.Key == key);
            if (gate?.Passed is not null)
                continue;
            if (gate is null)
                Put(gate = new GateRecord { Key = key, Reached = now });
            if (Open(gate, gates[i], since) is not { } by)
                return false;
            Put(record.Gates.First(g => g.Key == key) with { Passed = now, By = by });
            Tell(Reasons.GatePassed, $"The gate {key} is passed: {by}", record.Waves[wave].Name);
        }
        return true;
    }

    /// <summary>Why a gate is open; null while it is not.</summary>
    private string? Open(GateRecord gate, GateTerms terms, DateTimeOffset since)
    {
        switch (terms)
        {
            case GateTerms.Approval:
                foreach (var given in observed.Approvals)
                {
                    if (given.Gate == gate.Key)
                        return $"{given.By} (as the approval says; not verified) approved it at {given.At:u}{(given.Note.Length > 0 ? $": {given.Note}" : ".")}";
                }
                Wait(Reasons.ApprovalNeeded, $"The gate {gate.Key} waits for an approval: flotilla rollout approve {record.Name} {gate.Key}");
                return null;
            case GateTerms.StartAt start when start.Time <= now:
                return $"it is {start.Time:u}.";
            case GateTerms.StartAt start:
                LookAt(start.Time, $"the gate {gate.Key} opens");
                Wait(Reasons.ScheduledStart, $"The gate {gate.Key} opens at {start.Time:u}.");
                return null;
            case GateTerms.Soak soak when since + soak.Time <= now:
                return $"{Words.Duration(soak.Time)} went by.";
            case GateTerms.Soak soak:
                LookAt(since + soak.Time, $"the gate {gate.Key} opens");
                Wait(Reasons.SoakRunning, $"The gate {gate.Key} opens at {since + soak.Time:u}.");
                return null;
            case GateTerms.Webhook when gate.Answer == GateRecord.Yes:
                return gate.By;
            case GateTerms.Webhook webhook:
                if (gate.Asked is not { } asked || asked + AskAgain <= now)
                {
                    questions.Add(new GateQuestion(gate.Key, webhook));
                    LookAt(now + AskAgain, $"the gate {gate.Key} is asked again");
                }
                else
                {
                    LookAt(asked + AskAgain, $"the gate {gate.Key} is asked again");
                }
                Wait(Reasons.WebhookSaysNo, $"The gate {gate.Key} waits for {webhook.Url}: {(gate.Answer.Length > 0 ? gate.Answer : "it is asked now.")}");
                return null;
            default:
                throw new InvalidOperationException($"{terms.GetType().Name} is no gate");
        }
    }

    private void Put(GateRecord gate) => record = record with { Gates = [.. record.Gates.Where(g => g.Key != gate.Key), gate] };
}
