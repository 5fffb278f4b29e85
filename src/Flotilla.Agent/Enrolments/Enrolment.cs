using Flotilla.Agent.State;
using Flotilla.Agent.Syncing;
using Flotilla.Api.Sync;
using Flotilla.Content.Trust;

namespace Flotilla.Agent.Enrolments;

/// <summary>Makes the site's keys, binds them to its Site by a token, and pins the hub's root key.</summary>
internal static class Enrolment
{
    /// <summary>Whether a token was given that is not the one which enrolled the site: it is let in again, with the keys that it has.</summary>
    public static bool IsNew(string? token, SiteIdentity identity) => token is not null && identity.EnrolledBy is { } before && before != HashOf(token);

    /// <summary>Enrols. Keys are on disk before they are shown to the hub: when its answer is lost, the same keys come again.</summary>
    /// <exception cref="SyncFailure">The hub could not be reached, or refused.</exception>
    public static async Task<SiteIdentity> RunAsync(HubRequests hub, SiteAgentOptions options, SiteBook book, CancellationToken cancellation)
    {
        var token = options.Token ?? throw new SyncFailure(
            Api.Reasons.NeverEnrolled, "this site is not enrolled, and no token was given: make one at the hub with `flotilla site enrol NAME` and pass it with --token");
        var draft = options.State.Identity ?? new SiteIdentity("", "", System.Text.Json.JsonElement.Parse("null"), hub.Address.ToString())
        {
            SigningKey = SigningKey.Create(),
            SealingKey = SealingKey.Create(),
        };
        if (options.State.Identity is null)
            await options.State.SaveIdentityAsync(draft, cancellation);
        var answer = await hub.EnrolAsync(
            token, new EnrolRequest(draft.SigningKey.PublicKey.ToJwkElement(), draft.SealingKey.PublicKey.ToJwkElement(), AgentVersion.Text), cancellation);
        var root = PublicKey.FromJwk(answer.RootKey);
        if (EnrolmentTokenText.TryParse(token)?.RootKeyId is { } pinned && pinned != root.KeyId)
            throw new SyncFailure(Api.Reasons.OtherHub, $"the hub at {hub.Address} has the root key {root.KeyId}, the token was made by one with {pinned}: is this the right address?");
        if (draft.Site.Length > 0 && (answer.Site != draft.Site || answer.Hub != draft.Hub))
            throw new SyncFailure(Api.Reasons.OtherSite, $"the token is for {answer.Site} at the hub {answer.Hub}, and this agent is {draft.Site} at {draft.Hub}: to become another site it needs an empty state folder");
        KeySet.Verify(DsseEnvelope.Parse(answer.KeySet), root, answer.Hub);
        // The record first: an identity without it would be a site that knows no key.
        await book.ChangeAsync(record => record with { KeySet = answer.KeySet }, [], cancellation);
        var identity = draft with { Site = answer.Site, Hub = answer.Hub, Root = answer.RootKey, Authority = options.Authority(), EnrolledBy = HashOf(token) };
        await options.State.SaveIdentityAsync(identity, cancellation);
        return identity;
    }

    private static string HashOf(string token) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)));
}
