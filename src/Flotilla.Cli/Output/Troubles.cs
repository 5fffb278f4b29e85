using Flotilla.Api;
using Flotilla.Api.Sites;

namespace Flotilla.Cli.Output;

/// <summary>What a person should know first about a site that is not as it should be.</summary>
internal static class Troubles
{
    /// <summary>In this order: a site that is not enrolled cannot be connected, and so on.</summary>
    private static readonly string[] Order = ["Enrolled", "Connected", "Healthy", "InSync", "UpToDate"];

    /// <summary>The first condition that does not hold; null when all do.</summary>
    public static Condition? Of(Site site) =>
        Order.Select(type => site.Status?.Conditions.FirstOrDefault(c => c.Type == type)).FirstOrDefault(c => c is { Status: not ConditionStatus.True });
}
