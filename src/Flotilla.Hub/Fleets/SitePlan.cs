using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Fleets;

namespace Flotilla.Hub.Fleets;

/// <summary>What a site would get, made once for as long as nothing of it changes.</summary>
/// <param name="Site">The declaration that it was made of.</param>
/// <param name="Revision">Digest of the revision that it was made of.</param>
/// <param name="Secrets">The state of the opened Secrets that it was made of.</param>
/// <param name="Release">The release; null when there is a problem.</param>
/// <param name="Problem">Why there is no release.</param>
/// <param name="Sealed">Values to seal.</param>
/// <param name="Policy">How the site talks with the hub.</param>
internal sealed record SitePlan(
    Site Site, string Revision, long Secrets, ReleaseTarget? Release, FleetProblem? Problem, IReadOnlyList<PlainValue> Sealed, SyncPolicy Policy);

/// <summary>A value that is to be sealed.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Version">Changes with the value; tells nothing about it.</param>
/// <param name="Value">The value itself.</param>
internal sealed record PlainValue(string Name, string Version, byte[] Value);
