namespace Flotilla.ApiServer.Authorization;

/// <summary>Compares sets of rules: what one allows and another does not.</summary>
internal static class RuleCoverage
{
    /// <summary>
    /// The parts of <paramref name="wanted"/> that nothing in <paramref name="held"/> allows, as small rules (one verb, group, resource and
    /// name each) put together again by verb. Granting needs this to be empty (escalation prevention).
    /// </summary>
    public static IReadOnlyList<PolicyRule> Uncovered(IReadOnlyList<PolicyRule> held, IReadOnlyList<PolicyRule> wanted)
    {
        var missing = new List<PolicyRule>();
        foreach (var rule in wanted)
        {
            foreach (var part in Split(rule))
            {
                if (!held.Any(owner => Covers(owner, part)))
                    Add(missing, part);
            }
        }
        return missing;
    }

    private static IEnumerable<PolicyRule> Split(PolicyRule rule)
    {
        foreach (var verb in rule.Verbs)
        {
            foreach (var group in rule.ApiGroups)
            {
                foreach (var resource in rule.Resources)
                {
                    if (rule.ResourceNames.Count == 0)
                        yield return new PolicyRule([verb], [group], [resource], [], []);
                    foreach (var name in rule.ResourceNames)
                        yield return new PolicyRule([verb], [group], [resource], [name], []);
                }
            }
            foreach (var url in rule.NonResourceUrls)
                yield return new PolicyRule([verb], [], [], [], [url]);
        }
    }

    private static bool Covers(PolicyRule owner, PolicyRule part)
    {
        if (!Has(owner.Verbs, part.Verbs[0]))
            return false;
        if (part.NonResourceUrls is [var url])
            return owner.NonResourceUrls.Any(u => u == PolicyRule.All || u == url || (u.EndsWith('*') && url.StartsWith(u.TrimEnd('*'), StringComparison.Ordinal)));
        return Has(owner.ApiGroups, part.ApiGroups[0])
            && HasResource(owner.Resources, part.Resources[0])
            && (owner.ResourceNames.Count == 0 || (part.ResourceNames is [var name] && owner.ResourceNames.Contains(name)));
    }

    private static bool HasResource(IReadOnlyList<string> resources, string resource)
    {
        var slash = resource.IndexOf('/', StringComparison.Ordinal);
        return Has(resources, resource) || (slash >= 0 && resources.Contains($"*{resource[slash..]}"));
    }

    private static bool Has(IReadOnlyList<string> allowed, string asked) => allowed.Contains(PolicyRule.All) || allowed.Contains(asked);

    /// <summary>Joins verbs for the same resource; rules for paths stay apart, as kube-apiserver shows them.</summary>
    private static void Add(List<PolicyRule> rules, PolicyRule part)
    {
        var same = part.NonResourceUrls.Count > 0 ? -1 : rules.FindIndex(r =>
            r.ApiGroups.SequenceEqual(part.ApiGroups) && r.Resources.SequenceEqual(part.Resources) && r.ResourceNames.SequenceEqual(part.ResourceNames));
        if (same < 0)
            rules.Add(part);
        else if (!rules[same].Verbs.Contains(part.Verbs[0]))
            rules[same] = rules[same] with { Verbs = [.. rules[same].Verbs, part.Verbs[0]] };
    }
}
