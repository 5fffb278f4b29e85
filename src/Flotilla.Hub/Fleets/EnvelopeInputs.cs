using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Flotilla.Hub.Fleets;

/// <summary>In short, what an envelope says besides release and permit: equal texts need no new envelope.</summary>
internal static class EnvelopeInputs
{
    public static string Of(SitePlan plan, WindowSet windows, bool paused)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{plan.Policy.HoldSeconds}/{plan.Policy.IntervalSeconds}{(paused ? " paused" : "")}");
        if (windows.Digest.Length > 0)
            text = $"{text} {windows.Digest} {windows.ZoneOf(plan.Site)}";
        if (plan.Sealed.Count == 0)
            return text;
        var versions = string.Join('\n', plan.Sealed.Select(s => $"{s.Name} {s.Version}"));
        return $"{text} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(versions)).AsSpan(0, 8))}";
    }
}
