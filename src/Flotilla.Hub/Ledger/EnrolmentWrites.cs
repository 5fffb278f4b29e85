using System.Text.Json;
using System.Text.Json.Serialization;
using Flotilla.Api.Sites;
using Flotilla.Core.Sites;

namespace Flotilla.Hub.Ledger;

/// <summary>Writes about who a site is.</summary>
internal static class EnrolmentWrites
{
    /// <summary>For how long expired tokens are remembered, to tell those who use them why it fails.</summary>
    private static readonly TimeSpan ExpiredKept = TimeSpan.FromDays(30);

    private sealed record Token(SiteName Site, DateTimeOffset Expires, string? UsedBy, bool Replaces);

    public static Task<int> AddTokenAsync(this LedgerSession session, EnrolmentToken token, CancellationToken cancellation) =>
        session.ExecuteAsync(
            "INSERT INTO tokens (hash, namespace, name, expires, replaces) VALUES (@hash, @namespace, @name, @expires, @replaces)",
            cancellation, ("replaces", token.Replaces ? 1L : 0L), ("hash", token.Hash), ("namespace", token.Site.Namespace), ("name", token.Site.Name), ("expires", token.Expires));

    public static async Task<EnrolmentOutcome> EnrolAsync(this LedgerSession session, string tokenHash, SiteKeys keys, DateTimeOffset now, CancellationToken cancellation)
    {
        var token = await session.FirstAsync(
            "SELECT namespace, name, expires, used_by, replaces FROM tokens WHERE hash = @hash" + session.ForUpdate,
            row => new Token(new SiteName(row.GetString(0), row.GetString(1)), row.Time(2), row.TextOrNull(3), row.GetInt64(4) != 0),
            cancellation, ("hash", tokenHash));
        if (token is null)
            return new EnrolmentOutcome(EnrolmentResult.UnknownToken, null);
        if (token.UsedBy is { } user && user != keys.KeyId)
            return new EnrolmentOutcome(EnrolmentResult.UsedToken, token.Site);
        if (token.UsedBy is null && token.Expires <= now)
            return new EnrolmentOutcome(EnrolmentResult.ExpiredToken, token.Site);

        var id = await session.MakeSiteAsync(token.Site, cancellation);
        var bound = await session.FirstAsync(
            "SELECT key_id FROM sites WHERE id = @id" + session.ForUpdate, row => row.TextOrNull(0), cancellation, ("id", id));
        var replaces = bound is not null && token is { Replaces: true, UsedBy: null };
        if (bound is not null && bound != keys.KeyId && !replaces)
        {
            await session.ContestAsync(id, new ContestedIdentity(keys.KeyId, now), cancellation);
            session.Changes.Add(new LedgerChange(LedgerChangeKind.Enrolment, token.Site));
            return new EnrolmentOutcome(EnrolmentResult.EnrolledWithOtherKeys, token.Site);
        }

        await session.ExecuteAsync("UPDATE tokens SET used_by = @key WHERE hash = @hash", cancellation, ("key", keys.KeyId), ("hash", tokenHash));
        await session.ExecuteAsync("DELETE FROM tokens WHERE expires < @before AND used_by IS NULL", cancellation, ("before", now - ExpiredKept));
        if (bound is null || replaces)
        {
            await session.ExecuteAsync(
                """
                UPDATE sites SET key_id = @key, signing_key = @signing, sealing_key = @sealing, enrolled = @enrolled, barred = NULL, contested = NULL,
                    taken_epoch = 0, taken_sequence = 0
                WHERE id = @id
                """,
                cancellation,
                ("key", keys.KeyId), ("signing", keys.SigningKey), ("sealing", keys.SealingKey), ("enrolled", keys.Enrolled), ("id", id));
            // What is sealed is sealed to the keys of before: it is made anew.
            await session.ExecuteAsync("UPDATE targets SET inputs = '' WHERE site = @id", cancellation, ("id", id));
            session.Changes.Add(new LedgerChange(LedgerChangeKind.Enrolment, token.Site));
        }
        return new EnrolmentOutcome(EnrolmentResult.Enrolled, token.Site);
    }

    public static async Task<bool> BarAsync(this LedgerSession session, SiteName site, SiteBar bar, CancellationToken cancellation)
    {
        var id = await session.FindSiteAsync(site, session.ForUpdate, cancellation);
        if (id == 0 || await session.BarAsync(id, bar, cancellation) == 0)
            return false;
        session.Changes.Add(new LedgerChange(LedgerChangeKind.Enrolment, site));
        return true;
    }

    public static Task<int> BarAsync(this LedgerSession session, long site, SiteBar bar, CancellationToken cancellation) => session.ExecuteAsync(
        "UPDATE sites SET barred = @bar WHERE id = @id AND key_id IS NOT NULL",
        cancellation, ("bar", JsonSerializer.Serialize(bar, IdentityJson.Default.SiteBar)), ("id", site));

    private static Task<int> ContestAsync(this LedgerSession session, long site, ContestedIdentity by, CancellationToken cancellation) => session.ExecuteAsync(
        "UPDATE sites SET contested = @by WHERE id = @id",
        cancellation, ("by", JsonSerializer.Serialize(by, IdentityJson.Default.ContestedIdentity)), ("id", site));

    /// <summary>The key of a site's rows, which are made when there are none.</summary>
    public static async Task<long> MakeSiteAsync(this LedgerSession session, SiteName site, CancellationToken cancellation)
    {
        var id = await session.FindSiteAsync(site, "", cancellation);
        if (id != 0)
            return id;
        await session.ExecuteAsync(
            "INSERT INTO sites (namespace, name) VALUES (@namespace, @name) ON CONFLICT DO NOTHING",
            cancellation, ("namespace", site.Namespace), ("name", site.Name));
        return await session.FindSiteAsync(site, "", cancellation);
    }

    public static async Task<bool> RemoveAsync(this LedgerSession session, SiteName site, CancellationToken cancellation)
    {
        await session.ExecuteAsync(
            "DELETE FROM tokens WHERE namespace = @namespace AND name = @name", cancellation, ("namespace", site.Namespace), ("name", site.Name));
        var id = await session.FindSiteAsync(site, session.ForUpdate, cancellation);
        if (id == 0)
            return false;
        foreach (var table in (string[])["entries", "streams", "reports", "targets"])
            await session.ExecuteAsync($"DELETE FROM {table} WHERE site = @id", cancellation, ("id", id));
        await session.ExecuteAsync("DELETE FROM sites WHERE id = @id", cancellation, ("id", id));
        session.Changes.Add(new LedgerChange(LedgerChangeKind.Removed, site));
        return true;
    }

    private static Task<long> FindSiteAsync(this LedgerSession session, SiteName site, string suffix, CancellationToken cancellation) =>
        session.FirstAsync(
            "SELECT id FROM sites WHERE namespace = @namespace AND name = @name" + suffix,
            row => row.GetInt64(0), cancellation, ("namespace", site.Namespace), ("name", site.Name));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SiteBar))]
[JsonSerializable(typeof(ContestedIdentity))]
internal sealed partial class IdentityJson : JsonSerializerContext;
