using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Fleets;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Core.Fleets;
using Flotilla.Core.Windows;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Fleets;

/// <summary>The windows of fleets, looked up once for as long as nothing of them changes.</summary>
internal sealed class FleetWindows(Func<ObjectKey, MaintenanceWindow?> declared)
{
    private readonly ConcurrentDictionary<ObjectKey, (Fleet Fleet, IReadOnlyList<MaintenanceWindow?> Windows, WindowSet Set)> known = new();

    /// <summary>The windows that hold for a fleet now.</summary>
    public WindowSet Of(ObjectKey key, Fleet fleet)
    {
        var windows = fleet.Spec.Windows.Select(name => declared(new ObjectKey(key.Namespace, name))).ToList();
        if (known.TryGetValue(key, out var had) && ReferenceEquals(had.Fleet.Spec, fleet.Spec) && had.Windows.SequenceEqual(windows, ReferenceEqualityComparer.Instance))
            return had.Set;
        var made = new WindowSet(fleet.Spec, [.. fleet.Spec.Windows.Where((_, i) => windows[i] is null)], [.. windows.OfType<MaintenanceWindow>().Select(w => w.Spec)]);
        // Objects come anew whenever anything of them changes; calendars are kept while they say the same.
        var set = had.Set?.Digest == made.Digest && had.Set.Missing.SequenceEqual(made.Missing) ? had.Set : made;
        known[key] = (fleet, windows, set);
        return set;
    }

    public void Forget(ObjectKey key) => known.TryRemove(key, out _);
}

/// <summary>The windows and freezes of a fleet.</summary>
internal sealed class WindowSet
{
    private readonly ConcurrentDictionary<string, MaintenanceCalendar> calendars = new();

    /// <param name="fleet">What is declared of the fleet.</param>
    /// <param name="missing">Names of windows that are not there.</param>
    /// <param name="windows">Those that are.</param>
    public WindowSet(FleetSpec fleet, IReadOnlyList<string> missing, IReadOnlyList<MaintenanceWindowSpec> windows)
    {
        (Missing, Windows, Freezes) = (missing, windows, fleet.Freezes);
        if (missing.Count > 0)
        {
            Problem = new FleetProblem(
                Reasons.NoSuchWindow, $"spec.windows: there is no MaintenanceWindow {string.Join(", ", missing)}: declare it, or take its name out. Nothing may begin until then.", Stalled: true);
        }
        if (Windows.Count > 0 || Freezes.Count > 0)
        {
            var said = JsonSerializer.SerializeToUtf8Bytes(
                new DesiredWindows(Windows, Freezes), DesiredWindowsJson.Default.DesiredWindows);
            Digest = Convert.ToHexStringLower(SHA256.HashData(said).AsSpan(0, 8));
        }
    }

    public IReadOnlyList<string> Missing { get; }

    public IReadOnlyList<MaintenanceWindowSpec> Windows { get; }

    public IReadOnlyList<Freeze> Freezes { get; }

    /// <summary>Changes with what is declared; empty for nothing.</summary>
    public string Digest { get; } = "";

    /// <summary>Why nothing may begin.</summary>
    public FleetProblem? Problem { get; }

    /// <summary>When something may begin at a site; null for at any time.</summary>
    public MaintenanceCalendar? CalendarOf(Site site)
    {
        if (Digest.Length == 0 && Problem is null)
            return null;
        return calendars.GetOrAdd(ZoneOf(site) ?? "", zone => Problem is { } problem
            ? MaintenanceCalendar.Closed(problem.Reason, problem.Message)
            : MaintenanceCalendar.Make(Windows, zone.Length > 0 ? zone : null, Freezes, static name => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? found : null));
    }

    /// <summary>The site's zone, where it matters; null where it does not, and for UTC.</summary>
    public string? ZoneOf(Site site) => Windows.Any(w => w.TimeZone == MaintenanceWindowSpec.SiteZone) ? site.Spec.Location?.TimeZone : null;
}
