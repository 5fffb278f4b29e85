using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.ControlPlane;

/// <summary>PriorityLevelConfigurations: how many requests of one kind run at once, and how others wait.</summary>
internal sealed class PriorityLevelKind() : BuiltInKind(KindTraits.Generation | KindTraits.Status)
{
    private const long MostQueues = 10_000_000;
    private const int MostHashBits = 60;

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Whole;

    public override MetadataChecks MetadataChecksOnStatusUpdate => MetadataChecks.None;

    public static void Conditions(FieldProblems problems, JsonObject status)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, condition) in status.Each("conditions", FieldPath.Status))
        {
            if (!types.Add(condition.Text("type")))
                problems.Duplicate(at["type"], condition.Text("type"));
            if (condition.Text("type").Length == 0)
                problems.Required(at["type"], "must not be empty");
        }
    }

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        var type = spec.Text("type");
        if (obj.Object("metadata").Text("name") == "exempt" != (type == "Exempt"))
            problems.Invalid(path["type"], type, "type must be 'Exempt' if and only if name is 'exempt'");
        switch (type)
        {
            case "Exempt":
                if (spec.Has("limited"))
                    problems.Forbidden(path["limited"], "must be nil if the type is not Limited");
                if (spec.Object("exempt") is { } exempt)
                    Shares(problems, path["exempt"], exempt);
                break;
            case "Limited":
                if (spec.Has("exempt"))
                    problems.Forbidden(path["exempt"], "must be nil if the type is Limited");
                if (spec.Object("limited") is { } limited)
                    Limited(problems, path["limited"], limited);
                else
                    problems.Required(path["limited"], "must not be empty when type is Limited");
                break;
            default:
                problems.NotSupported(path["type"], type, ["Exempt", "Limited"]);
                break;
        }
        Conditions(problems, StatusOf(obj));
    }

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old) => Conditions(problems, StatusOf(obj));

    private static void Shares(FieldProblems problems, FieldPath path, JsonObject level)
    {
        if (level.Number("nominalConcurrencyShares") < 0)
            problems.Invalid(path["nominalConcurrencyShares"], level.Number("nominalConcurrencyShares"), "must be a non-negative integer");
        if (level.Number("lendablePercent") is < 0 or > 100)
            problems.Invalid(path["lendablePercent"], level.Number("lendablePercent"), "must be between 0 and 100, inclusive");
    }

    private static void Limited(FieldProblems problems, FieldPath path, JsonObject limited)
    {
        Shares(problems, path, limited);
        if (limited.Member("borrowingLimitPercent").AsInt64OrNull() < 0)
            problems.Invalid(path["borrowingLimitPercent"], limited.Member("borrowingLimitPercent"), "if specified, must be a non-negative integer");
        var (at, response) = (path["limitResponse"], limited.Object("limitResponse"));
        var queuing = response.Object("queuing");
        switch (response.Text("type"))
        {
            case "Reject":
                if (queuing is not null)
                    problems.Forbidden(at["queuing"], "must be nil if limited.limitResponse.type is not Limited");
                break;
            case "Queue":
                if (queuing is null)
                    problems.Required(at["queuing"], "must not be empty if limited.limitResponse.type is Limited");
                else
                    Queuing(problems, at["queuing"], queuing);
                break;
            case var other:
                problems.NotSupported(at["type"], other, ["Queue", "Reject"]);
                break;
        }
    }

    private static void Queuing(FieldProblems problems, FieldPath path, JsonObject queuing)
    {
        var (queues, hand) = (queuing.Number("queues"), queuing.Number("handSize"));
        if (queuing.Number("queueLengthLimit") <= 0)
            problems.Invalid(path["queueLengthLimit"], queuing.Number("queueLengthLimit"), "must be positive");
        if (queues <= 0)
            problems.Invalid(path["queues"], queues, "must be positive");
        else if (queues > MostQueues)
            problems.Invalid(path["queues"], queues, $"must not be greater than {MostQueues}");
        if (hand <= 0)
            problems.Invalid(path["handSize"], hand, "must be positive");
        else if (hand > queues)
            problems.Invalid(path["handSize"], hand, $"should not be greater than queues ({queues})");
        else if (Bits(queues, hand) is var bits && bits > MostHashBits)
            problems.Invalid(path["handSize"], hand, $"required entropy bits of deckSize {queues} and handSize {hand} should not be greater than {MostHashBits}");
    }

    /// <summary>Bits of a hash that it takes to deal a hand of different queues.</summary>
    private static int Bits(long queues, long hand)
    {
        // One queue needs no choice; more cards than bits are too many anyway.
        if (queues == 1)
            return 0;
        var bits = 0.0;
        for (var dealt = 0L; dealt < hand && bits <= MostHashBits; dealt++)
            bits += Math.Log2(queues - dealt);
        return (int)Math.Ceiling(bits);
    }
}
