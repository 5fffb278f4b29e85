using CsCheck;
using Flotilla.ApiServer.Authorization;

namespace Flotilla.ApiServer.Tests.Authorization;

public sealed class RuleCoverageProperties
{
    private static readonly Gen<string[]> Verbs = Gen.OneOf("get", "list", "*").Array[1, 2];
    private static readonly Gen<string[]> Groups = Gen.OneOf("", "apps", "*").Array[1, 2];
    private static readonly Gen<string[]> Resources = Gen.OneOf("pods", "pods/log", "*/log", "*").Array[1, 2];
    private static readonly Gen<string[]> Names = Gen.OneOf("a", "b").Array[0, 2];
    private static readonly Gen<string[]> Urls = Gen.OneOf("/x", "/x/*", "/x/y", "*").Array[1, 2];

    private static readonly Gen<PolicyRule> Rule = Gen.OneOf(
        Gen.Select(Verbs, Groups, Resources, Names, (v, g, r, n) => new PolicyRule(v, g, r, n, [])),
        Gen.Select(Verbs, Urls, (v, u) => new PolicyRule(v, [], [], [], u)));

    private static readonly AccessQuestion[] Questions =
    [
        .. from verb in new[] { "get", "list", "other" }
           from path in new[] { "/x", "/x/y", "/z" }
           select new AccessQuestion(false, verb, "", "", "", "", "", path),
        .. from verb in new[] { "get", "list", "other" }
           from @group in new[] { "", "apps", "other" }
           from resource in new[] { "pods", "pods/log", "nodes", "nodes/log" }
           from name in new[] { "", "a", "b", "c" }
           select new AccessQuestion(true, verb, @group, resource, resource.EndsWith("/log", StringComparison.Ordinal) ? "log" : "", name, "", ""),
    ];

    [Fact]
    public void Who_holds_the_missing_rules_too_may_everything_that_is_wanted() =>
        Gen.Select(Rule.Array[0, 3], Rule.Array[1, 3]).Sample((held, wanted) =>
        {
            PolicyRule[] enough = [.. held, .. RuleCoverage.Uncovered(held, wanted)];
            Assert.All(Questions, q => Assert.True(!wanted.Any(r => r.Allows(q)) || enough.Any(r => r.Allows(q)), q.ToString()));
        });

    [Fact]
    public void Everybody_may_give_away_what_they_hold() =>
        Rule.Array[1, 3].Sample(rules => Assert.Empty(RuleCoverage.Uncovered(rules, rules)));
}
