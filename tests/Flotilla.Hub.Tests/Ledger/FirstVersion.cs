namespace Flotilla.Hub.Tests.Ledger;

/// <summary>A ledger as the first version wrote it: written down here once more, so that no change of the schema changes it.</summary>
internal static class FirstVersion
{
    /// <summary>2026-01-01T00:00:00Z.</summary>
    public const long Ticks = 639_028_224_000_000_000;

    public static string Sql(bool sqlite) => $$"""
        CREATE TABLE sites (
            id {{(sqlite ? "INTEGER PRIMARY KEY AUTOINCREMENT" : "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")}},
            namespace TEXT NOT NULL, name TEXT NOT NULL, key_id TEXT, signing_key TEXT, sealing_key TEXT, enrolled BIGINT, last_seen BIGINT, agent TEXT,
            taken_epoch BIGINT NOT NULL DEFAULT 0, taken_sequence BIGINT NOT NULL DEFAULT 0, journal TEXT NOT NULL DEFAULT '', position BIGINT NOT NULL DEFAULT 0,
            report_digest TEXT NOT NULL DEFAULT '', summary TEXT, UNIQUE (namespace, name));
        CREATE TABLE reports (site BIGINT PRIMARY KEY, report TEXT NOT NULL);
        CREATE TABLE tokens (hash TEXT PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, expires BIGINT NOT NULL, used_by TEXT);
        CREATE TABLE targets (
            site BIGINT PRIMARY KEY, fleet TEXT NOT NULL, stage_revision TEXT, stage_release TEXT, permit_release TEXT, permit_from BIGINT, permit_until BIGINT,
            good_revision TEXT, good_release TEXT, permitted BIGINT, inputs TEXT NOT NULL, epoch BIGINT NOT NULL, sequence BIGINT NOT NULL, envelope {{(sqlite ? "BLOB" : "BYTEA")}} NOT NULL);
        CREATE TABLE streams (site BIGINT NOT NULL, journal TEXT NOT NULL, last BIGINT NOT NULL, begun BIGINT NOT NULL, PRIMARY KEY (site, journal));
        CREATE TABLE entries (
            site BIGINT NOT NULL, position BIGINT NOT NULL, journal TEXT NOT NULL, received BIGINT NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (site, position));
        CREATE TABLE fleets (namespace TEXT NOT NULL, name TEXT NOT NULL, epoch BIGINT NOT NULL, document TEXT, PRIMARY KEY (namespace, name));

        INSERT INTO sites (namespace, name, key_id, signing_key, sealing_key, enrolled, agent, taken_epoch, taken_sequence, journal, position)
            VALUES ('retail', 'store-0042', 'k', 's', 'e', {{Ticks}}, '0.1.0', 3, 6, 'a', 1);
        INSERT INTO sites (namespace, name) VALUES ('fleet', 'ship-1');
        INSERT INTO tokens VALUES ('t', 'fleet', 'ship-1', {{Ticks + TimeSpan.TicksPerDay}}, NULL);
        INSERT INTO targets VALUES (1, 'stores', 'r', 'sha256:release', 'sha256:release', {{Ticks}}, {{Ticks + TimeSpan.TicksPerDay}}, NULL, NULL, {{Ticks}}, 'i', 3, 7, {{(sqlite ? "x'0107'" : "'\\x0107'")}});
        INSERT INTO streams VALUES (1, 'a', 1, {{Ticks}});
        INSERT INTO entries VALUES (1, 1, 'a', {{Ticks}}, '{"number":1,"time":"2026-01-01T00:00:00Z","event":"DriftCorrected"}');
        INSERT INTO fleets VALUES ('retail', 'stores', 4, 'document');

        """;
}
