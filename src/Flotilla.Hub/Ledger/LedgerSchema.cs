namespace Flotilla.Hub.Ledger;

/// <summary>The tables, the same on both sides but for the names of types. A later version is a further step, never a changed one.</summary>
internal static class LedgerSchema
{
    /// <summary>Version of the newest step.</summary>
    public const int Version = 5;

    /// <summary>Statements that make a database of an older version (0 for an empty one) one of this version.</summary>
    public static string From(long version, bool sqlite) =>
        string.Join('\n', ((string[])[First(sqlite), Rollouts(sqlite), Permits, Hub, Bars])[(int)version..]);

    // Which sequence brought a permit was not kept before: as if the newest had.
    private const string Permits = """
        ALTER TABLE targets ADD COLUMN permit_anytime BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE targets ADD COLUMN permit_sequence BIGINT NOT NULL DEFAULT 0;
        UPDATE targets SET permit_sequence = sequence WHERE permit_release IS NOT NULL;
        """;

    private const string Bars = """
        ALTER TABLE sites ADD COLUMN barred TEXT;
        ALTER TABLE sites ADD COLUMN contested TEXT;
        ALTER TABLE tokens ADD COLUMN replaces BIGINT NOT NULL DEFAULT 0;
        """;

    private const string Hub = "CREATE TABLE hub (id BIGINT PRIMARY KEY, document TEXT NOT NULL);";

    private static string First(bool sqlite)
    {
        var id = sqlite ? "INTEGER PRIMARY KEY AUTOINCREMENT" : "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
        var bytes = sqlite ? "BLOB" : "BYTEA";
        var clustered = sqlite ? " WITHOUT ROWID" : "";
        return $"""
            CREATE TABLE sites (
                id {id},
                namespace TEXT NOT NULL,
                name TEXT NOT NULL,
                key_id TEXT,
                signing_key TEXT,
                sealing_key TEXT,
                enrolled BIGINT,
                last_seen BIGINT,
                agent TEXT,
                taken_epoch BIGINT NOT NULL DEFAULT 0,
                taken_sequence BIGINT NOT NULL DEFAULT 0,
                journal TEXT NOT NULL DEFAULT '',
                position BIGINT NOT NULL DEFAULT 0,
                report_digest TEXT NOT NULL DEFAULT '',
                summary TEXT,
                UNIQUE (namespace, name));
            CREATE TABLE reports (site BIGINT PRIMARY KEY, report TEXT NOT NULL);
            CREATE TABLE tokens (hash TEXT PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, expires BIGINT NOT NULL, used_by TEXT);
            CREATE TABLE targets (
                site BIGINT PRIMARY KEY,
                fleet TEXT NOT NULL,
                stage_revision TEXT, stage_release TEXT,
                permit_release TEXT, permit_from BIGINT, permit_until BIGINT,
                good_revision TEXT, good_release TEXT,
                permitted BIGINT,
                inputs TEXT NOT NULL,
                epoch BIGINT NOT NULL,
                sequence BIGINT NOT NULL,
                envelope {bytes} NOT NULL);
            CREATE TABLE streams (
                site BIGINT NOT NULL, journal TEXT NOT NULL, last BIGINT NOT NULL, begun BIGINT NOT NULL,
                PRIMARY KEY (site, journal)){clustered};
            CREATE TABLE entries (
                site BIGINT NOT NULL, position BIGINT NOT NULL, journal TEXT NOT NULL, received BIGINT NOT NULL, entry TEXT NOT NULL,
                PRIMARY KEY (site, position)){clustered};
            CREATE TABLE fleets (
                namespace TEXT NOT NULL, name TEXT NOT NULL, epoch BIGINT NOT NULL, document TEXT,
                PRIMARY KEY (namespace, name)){clustered};
            """;
    }

    private static string Rollouts(bool sqlite)
    {
        var id = sqlite ? "INTEGER PRIMARY KEY AUTOINCREMENT" : "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
        var clustered = sqlite ? " WITHOUT ROWID" : "";
        return $"""
            CREATE TABLE rollouts (
                id {id},
                namespace TEXT NOT NULL,
                name TEXT NOT NULL,
                fleet TEXT NOT NULL,
                document TEXT NOT NULL,
                ended BIGINT NOT NULL,
                told BIGINT NOT NULL DEFAULT 0,
                untold BIGINT NOT NULL DEFAULT 0,
                UNIQUE (namespace, name));
            CREATE INDEX rollouts_of_fleets ON rollouts (namespace, fleet);
            CREATE TABLE members (
                rollout BIGINT NOT NULL, site TEXT NOT NULL, document TEXT NOT NULL,
                PRIMARY KEY (rollout, site)){clustered};
            CREATE TABLE stories (
                rollout BIGINT NOT NULL, number BIGINT NOT NULL, line TEXT NOT NULL,
                PRIMARY KEY (rollout, number)){clustered};
            ALTER TABLE targets ADD COLUMN sent BIGINT NOT NULL DEFAULT 0;
            CREATE INDEX targets_of_fleets ON targets (fleet);
            """;
    }
}
