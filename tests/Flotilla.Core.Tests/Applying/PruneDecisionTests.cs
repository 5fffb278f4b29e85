using CsCheck;
using Flotilla.Api;
using Flotilla.Api.Stacks;
using Flotilla.Core.Applying;

namespace Flotilla.Core.Tests.Applying;

public sealed class PruneDecisionTests
{
    private static readonly ObjectId Till = new("apps/v1", "Deployment", "shop", "till");
    private static readonly ObjectId Prices = new("v1", "ConfigMap", "shop", "prices");
    private static readonly ObjectId Claim = new("v1", "PersistentVolumeClaim", "shop", "sales");
    private static readonly ObjectId Shop = new("v1", "Namespace", "", "shop");
    private static readonly ObjectId Definition = new("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "drawers.shop.example.com");
    private static readonly ObjectId Drawer = new("shop.example.com/v1", "Drawer", "shop", "one");
    private static readonly ObjectId Webhook = new("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", "check");

    [Fact]
    public void What_left_goes_registrations_first_and_definitions_and_namespaces_last() =>
        Assert.Equal([Webhook, Drawer, Till, Prices, Definition, Shop], Decide([Shop, Prices, Definition, Till, Drawer, Webhook]).Select(v => v.Object));

    [Fact]
    public void Claims_stay_and_hold_their_namespace()
    {
        var verdicts = Decide([Claim, Shop, Till]).ToDictionary(v => v.Object);
        Assert.Equal((PruneOutcome.Keep, "HoldsData"), (verdicts[Claim].Outcome, verdicts[Claim].Reason));
        Assert.Equal((PruneOutcome.Keep, "HoldsOthers"), (verdicts[Shop].Outcome, verdicts[Shop].Reason));
        Assert.Contains("prune.allow", verdicts[Claim].Remedy);
        Assert.Equal(PruneOutcome.Delete, verdicts[Till].Outcome);
    }

    [Theory]
    [InlineData(1, 0, 0, "HasInstances")]
    [InlineData(0, 0, 0, "LeftRelease")]
    public void A_definition_goes_only_without_instances(long instances, long claims, long others, string reason) =>
        Assert.Equal(reason, Decide([Definition], facts: new() { [Definition] = new(instances, claims, others, "x") }).Single().Reason);

    [Theory]
    [InlineData(1, 0, "HoldsData")]
    [InlineData(0, 1, "HoldsOthers")]
    [InlineData(0, 0, "LeftRelease")]
    public void A_namespace_goes_only_without_data_and_without_others(long claims, long others, string reason) =>
        Assert.Equal(reason, Decide([Shop], facts: new() { [Shop] = new(0, claims, others) }).Single().Reason);

    [Fact]
    public void What_the_stack_allows_goes_but_nothing_that_its_version_protects()
    {
        var policy = new PrunePolicy { Allow = [new ObjectTarget { Name = "*" }] };
        Assert.All(Decide([Claim, Shop, Definition], policy, new() { [Definition] = new(Instances: 3), [Shop] = new(Claims: 1) }), v => Assert.Equal(PruneOutcome.Delete, v.Outcome));
        var kept = PruneDecision.Decide(new PruneObservation { Candidates = [new(Prices, "till", Protected: true, Found: false)], Managed = 1, Policy = policy }).Single();
        Assert.Equal((PruneOutcome.Keep, "Protected"), (kept.Outcome, kept.Reason));
    }

    [Theory]
    [InlineData("default", false)]
    [InlineData("kube-system", false)]
    [InlineData("shop", true)]
    public void Namespaces_that_were_there_before_are_forgotten_even_when_everything_is_allowed(string name, bool found)
    {
        var verdict = PruneDecision.Decide(new PruneObservation
        {
            Candidates = [new(new ObjectId("v1", "Namespace", "", name), "till", false, found)],
            Managed = 1,
            Policy = new PrunePolicy { Allow = [new ObjectTarget()] },
        }).Single();
        Assert.Equal(PruneOutcome.Forget, verdict.Outcome);
    }

    [Theory]
    [InlineData(null, 10, 12, true)] // ten may always go
    [InlineData(null, 11, 12, false)]
    [InlineData(null, 50, 100, true)]
    [InlineData(null, 51, 100, false)]
    [InlineData("10%", 11, 100, false)]
    [InlineData("10%", 10, 100, true)]
    [InlineData("95%", 95, 100, true)]
    [InlineData("0", 1, 100, false)]
    public void Nothing_goes_when_more_than_the_threshold_would(string? threshold, int leaving, int managed, bool goes)
    {
        var ids = Enumerable.Range(0, leaving).Select(i => new ObjectId("v1", "ConfigMap", "shop", $"c{i}"));
        var verdicts = PruneDecision.Decide(new PruneObservation
        {
            Candidates = [.. ids.Select(id => new PruneCandidate(id, "till", false, false))],
            Managed = managed,
            Policy = new PrunePolicy { Threshold = threshold },
        });
        Assert.All(verdicts, v => Assert.Equal(goes ? PruneOutcome.Delete : PruneOutcome.Keep, v.Outcome));
    }

    [Fact]
    public void Whatever_leaves_no_namespace_goes_that_holds_something_kept_and_everything_gets_one_verdict()
    {
        ObjectId[] all = [Till, Prices, Claim, Shop, Definition, Drawer, Webhook];
        Gen.Select(Gen.Bool.Array[all.Length], Gen.Bool.Array[all.Length], Gen.Int[0, 2], Gen.Int[0, 2]).Sample((leaves, isProtected, instances, others) =>
        {
            var candidates = all.Where((_, i) => leaves[i]).Select(id => new PruneCandidate(id, "till", isProtected[Array.IndexOf(all, id)], false)).ToList();
            var verdicts = PruneDecision.Decide(new PruneObservation
            {
                Candidates = candidates,
                Managed = 20,
                Policy = new PrunePolicy(),
                Facts = new Dictionary<ObjectId, GuardFacts> { [Definition] = new(Instances: instances), [Shop] = new(Others: others) },
            });
            Assert.Equal(candidates.Select(c => c.Id).Order(), verdicts.Select(v => v.Object).Order());
            var gone = verdicts.Where(v => v.Outcome == PruneOutcome.Delete).Select(v => v.Object).ToHashSet();
            Assert.DoesNotContain(gone, id => candidates.Single(c => c.Id == id).Protected || id == Claim);
            if (gone.Contains(Shop))
                Assert.All(verdicts.Where(v => v.Object.Namespace == "shop"), v => Assert.Equal(PruneOutcome.Delete, v.Outcome));
            Assert.False(gone.Contains(Definition) && instances > 0);
            Assert.All(verdicts.Where(v => v.Outcome == PruneOutcome.Keep), v => Assert.NotEmpty(v.Remedy));
        }, iter: 300);
    }

    private static IReadOnlyList<PruneVerdict> Decide(IReadOnlyList<ObjectId> leaving, PrunePolicy? policy = null, Dictionary<ObjectId, GuardFacts>? facts = null) =>
        PruneDecision.Decide(new PruneObservation
        {
            Candidates = [.. leaving.Select(id => new PruneCandidate(id, "till", false, false))],
            Managed = 20,
            Policy = policy ?? new PrunePolicy(),
            Facts = facts ?? [],
        });
}
