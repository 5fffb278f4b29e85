using Flotilla.Core.Sites;

namespace Flotilla.Hub.Ledger;

/// <summary>What syncs of a site are answered from: small enough to hold for every site.</summary>
/// <param name="Id">Key of its rows.</param>
/// <param name="Keys">Null when it is not enrolled.</param>
/// <param name="Journal">The journal that it sent entries of last.</param>
/// <param name="Acknowledged">The last stored entry of that.</param>
/// <param name="ReportDigest">Digest of the stored report, empty for none.</param>
/// <param name="Facts">The same for everybody else.</param>
internal sealed record SiteState(long Id, SiteKeys? Keys, string Journal, long Acknowledged, string ReportDigest, SiteFacts Facts);
