namespace Flotilla.Core.Declarations;

/// <summary>Names of time zones, as far as they are known here.</summary>
internal static class TimeZoneNames
{
    // Every system with a zone database knows it; without a database nothing can be said of names.
    private static readonly bool KnowsZones = TimeZoneInfo.TryFindSystemTimeZoneById("Europe/Paris", out _);

    /// <summary>What is wrong with a name; null for nothing.</summary>
    public static Problem? Check(Declared declared, string field, string zone)
    {
        if (!KnowsZones || TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            return null;
        var zones = TimeZoneInfo.GetSystemTimeZones().Select(known => known.Id);
        return declared.Error(field, $"there is no time zone {zone}", Nearest.Find(zone, zones) is { } meant ? $"did you mean {meant}?" : "write a name of the IANA database, as Europe/Paris");
    }
}
