using Flotilla.Api.Sites;

namespace Flotilla.Core.Declarations;

/// <summary>What a schema cannot say of a Site.</summary>
internal static class SiteChecks
{
    public static IEnumerable<Problem> Check(Declared declared, Site site)
    {
        if (site.Spec.Location?.Country is { } country && !Countries.Contains(country))
            yield return declared.Error("spec.location.country", $"{country} is no country code", country == "UK" ? "did you mean GB?" : "write the two letters of ISO 3166-1, as FR");
        if (site.Spec.Location?.TimeZone is { } zone && TimeZoneNames.Check(declared, "spec.location.timeZone", zone) is { } unknown)
            yield return unknown;
        if (site.Spec.Link?.Bandwidth is { } bandwidth && bandwidth.AsSpan().IndexOfAnyInRange('1', '9') < 0)
            yield return declared.Error("spec.link.bandwidth", "nothing passes a link of 0 bits per second", "write what is normal, as 20M; expectedAway says for how long it may be gone");
    }
}
