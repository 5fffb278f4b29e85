using Flotilla.Core.Applying;
using Flotilla.Core.Releases;
using Flotilla.Core.Releases.Changes;

namespace Flotilla.Core.Tests.Releases;

public sealed class PlanTests
{
    private const string Manifest =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: a}
        data: {tills: "${tills}", tag: "${tag}"}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: b}
        """;

    private const string Leaving =
        """

        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: gone}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data, namespace: gone}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: gone}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: kept}
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: things.example.com}
        """;

    private const string Parameters = "parameters: [{name: tills}, {name: tag, default: one}]\nprotect: [{kind: ConfigMap, name: kept}]";
    private const string Values = "{name: tills, value: '${site.tills}'}";

    [Fact]
    public void Sites_to_which_the_same_happens_are_one_group()
    {
        var plan = PlanDecision.Decide(new PlanObservation
        {
            Fleet = "stores",
            Before = Shop.With(Manifest, Parameters, $"[{Values}]").Revision(),
            After = Shop.With(Manifest, Parameters, $"[{Values}, {{name: tag, value: two}}]").Revision(),
            Sites = [.. Enumerable.Range(0, 20).Select(i => new PlannedSite(Site(i, i % 5), Site(i, i == 7 ? 70 : i % 5))), new PlannedSite(null, Site(20, 1))],
        });

        Assert.Equal((21, 0), (plan.Touched, plan.Untouched));
        Assert.Equal([19, 1, 1], plan.Groups.Select(g => g.Sites.Count));
        Assert.Equal(["data.tag"], Assert.Single(plan.Groups[0].Changes.Objects).Fields.Select(f => f.Path));
        Assert.Equal(["store-20"], plan.Groups[1].Sites);
        Assert.Equal(2, plan.Groups[1].Changes.Count(ChangeKind.Added));
        Assert.Equal(["data.tag", "data.tills"], Assert.Single(plan.Groups[2].Changes.Objects).Fields.Select(f => f.Path));
        Assert.Equal([ChangeKind.Added, ChangeKind.Changed], plan.Components.Select(c => c.Kind).Order());
    }

    [Fact]
    public void Sites_whose_release_stays_are_not_touched()
    {
        var revision = Shop.With(Manifest, Parameters, $"[{Values}]").Revision();

        var plan = PlanDecision.Decide(new PlanObservation
        {
            Fleet = "stores",
            Before = revision,
            After = revision,
            Sites = [new PlannedSite(Site(1, 1), Site(1, 2)), new PlannedSite(Site(2, 1), Site(2, 1)), new PlannedSite(Site(3, 1), Site(3, 1))],
        });

        Assert.Equal(2, plan.Untouched);
        Assert.Equal(["store-1"], Assert.Single(plan.Groups).Sites);
    }

    [Fact]
    public void What_leaves_is_shown_with_the_guards_that_hold_it()
    {
        var plan = PlanDecision.Decide(new PlanObservation
        {
            Fleet = "stores",
            Before = Shop.With(Manifest + Leaving, Parameters, $"[{Values}]").Revision(),
            After = Shop.With(Manifest, Parameters, $"[{Values}]").Revision(),
            Sites = [new PlannedSite(Site(1, 1), Site(1, 1))],
        });

        var deletions = Assert.Single(plan.Groups).Deletions.ToDictionary(d => d.Verdict.Object.ToString());
        Assert.Equal(5, deletions.Count);
        Assert.Equal(PruneOutcome.Delete, deletions["v1/Service/default/gone"].Verdict.Outcome);
        Assert.Null(deletions["v1/Service/default/gone"].Unless);
        Assert.Equal(PruneOutcome.Keep, deletions["v1/ConfigMap/default/kept"].Verdict.Outcome);
        Assert.Equal(PruneOutcome.Keep, deletions["v1/PersistentVolumeClaim/gone/data"].Verdict.Outcome);
        Assert.Equal(PruneOutcome.Keep, deletions["v1/Namespace/gone"].Verdict.Outcome);
        Assert.Equal("the cluster has objects of this kind", deletions["apiextensions.k8s.io/v1/CustomResourceDefinition/things.example.com"].Unless);
    }

    [Fact]
    public void Problems_of_sites_are_told_beside_what_works()
    {
        var plan = PlanDecision.Decide(new PlanObservation
        {
            Fleet = "stores",
            After = Shop.With(Manifest, Parameters, $"[{Values}]").Revision(),
            Sites = [new PlannedSite(null, Site(1, 1)), new PlannedSite(null, new SiteInputs("store-2")), new PlannedSite(null, new SiteInputs("store-3"))],
        });

        Assert.Equal((1, 2), (plan.Touched, plan.Untouched));
        Assert.Equal("Site/store-2: spec.parameters[tills]: ${site.tills} is not known, and parameter tills of till 1.0.0 takes it (and 1 more); add it to the site", Assert.Single(plan.Problems).ToString());
    }

    [Fact]
    public void A_stack_that_does_not_compile_touches_nothing()
    {
        var outcome = Shop.With("a: b").Compile();

        var plan = PlanDecision.Decide(new PlanObservation { Fleet = "stores", After = outcome.Revision, Problems = outcome.Problems, Sites = [new PlannedSite(null, Site(1, 1))] });

        Assert.Equal((0, 1), (plan.Touched, plan.Untouched));
        Assert.Equal(outcome.Problems, plan.Problems);
    }

    private static SiteInputs Site(int number, int tills) => new($"store-{number}") { Parameters = new Dictionary<string, string> { ["tills"] = $"{tills}" } };
}
