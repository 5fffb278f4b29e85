namespace Flotilla.Core.Sites;

/// <summary>Whether a site is there.</summary>
public enum SiteContact
{
    NotEnrolled,

    /// <summary>Enrolled, but never heard of since.</summary>
    NeverSeen,

    /// <summary>Heard of within its time.</summary>
    Connected,

    /// <summary>Not heard of within its time.</summary>
    Away,
}

/// <summary>Reads contact off facts.</summary>
public static class SiteContacts
{
    public static SiteContact Of(SiteFacts? facts, TimeSpan expectedAway, DateTimeOffset now)
    {
        if (facts is not { Enrolled: true })
            return SiteContact.NotEnrolled;
        if (facts.LastSeen is { } seen && now - seen <= expectedAway)
            return SiteContact.Connected;
        return facts.LastSeen is null ? SiteContact.NeverSeen : SiteContact.Away;
    }
}
