using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Flotilla.Hub.Fleets;

/// <summary>In short, what an envelope says besides release and permit: equal texts need no new envelope.</summary>
internal static class EnvelopeInputs
{
    private const string Key = " key:";

    /// <summary>What the envelope that is stored shall say, signed by whom it is as long as that key counts.</summary>
    /// <param name="stored">The inputs of the stored one; null for a new one.</param>
    public static string Of(SitePlan plan, WindowSet windows, bool paused, HubSigning signing, string? stored)
    {
        var mark = stored?.LastIndexOf(Key, StringComparison.Ordinal) ?? -1;
        var signer = mark < 0 ? null : signing.TrustedKeys.FirstOrDefault(k => Short(k) == stored![(mark + Key.Length)..]);
        return $"{Said(plan, windows, paused)}{(signing.Home is null ? "" : " home:" + signing.Home)}{Key}{Short(signer ?? signing.KeyId)}";
    }

    private static string Short(string keyId) => keyId[..12];

    private static string Said(SitePlan plan, WindowSet windows, bool paused)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{plan.Policy.HoldSeconds}/{plan.Policy.IntervalSeconds}{(paused ? " paused" : "")}");
        if (plan.Policy is { FetchBitsPerSecond: not null } or { DailyBytes: not null })
            text = string.Create(CultureInfo.InvariantCulture, $"{text} {plan.Policy.FetchBitsPerSecond}/{plan.Policy.DailyBytes}");
        if (windows.Digest.Length > 0)
            text = $"{text} {windows.Digest} {windows.ZoneOf(plan.Site)}";
        if (plan.Sealed.Count == 0)
            return text;
        var versions = string.Join('\n', plan.Sealed.Select(s => $"{s.Name} {s.Version}"));
        return $"{text} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(versions)).AsSpan(0, 8))}";
    }
}
