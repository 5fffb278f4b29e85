using Flotilla.Hub.Ledger;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.Hub.Tests.Ledger;

public sealed class SqliteLedgerTests : LedgerContract
{
    private readonly string folder = Directory.CreateTempSubdirectory("flotilla-ledger-").FullName;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private protected override ValueTask<string> NewPlaceAsync() => new(Path.Combine(folder, "ledger.db"));

    private protected override async ValueTask<string?> FirstVersionAsync()
    {
        var path = Path.Combine(folder, "first.db");
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = FirstVersion.Sql(sqlite: true) + "PRAGMA application_id = 1181511532; PRAGMA user_version = 1;";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return path;
    }

    private protected override Task<ILedger> OpenAsync(string place, JournalRetention? retention) =>
        SqliteLedger.OpenAsync(place, Time, NullLogger.Instance, TestContext.Current.CancellationToken, retention);

    [Fact]
    public async Task What_is_acknowledged_is_in_the_files()
    {
        var c = TestContext.Current.CancellationToken;
        var path = Path.Combine(folder, "crash.db");
        var site = new Flotilla.Api.Sites.SiteName("retail", "store-1");
        await using var ledger = await OpenAsync(path, null);
        await ledger.AddTokenAsync(new EnrolmentToken("t", site, Time.GetUtcNow().AddDays(1)), c);
        await ledger.EnrolAsync("t", new SiteKeys("k", "{}", "{}", Time.GetUtcNow()), Time.GetUtcNow(), c);
        for (var number = 1; number <= 5; number++)
        {
            var entry = new Flotilla.Api.Sync.JournalEntry { Number = number, Time = Time.GetUtcNow(), Event = Flotilla.Api.Sync.JournalEvent.Pruned };
            await ledger.SyncAsync(site, new() { Journal = "a", Entries = [entry] }, Time.GetUtcNow(), c);

            // What a crash at this moment leaves behind.
            var left = Path.Combine(folder, $"left-{number}.db");
            File.Copy(path, left);
            File.Copy(path + "-wal", left + "-wal");
            await using var after = await OpenAsync(left, null);
            Assert.Equal(number, (await after.JournalAsync(site, 0, 10, c)).Count);
            Assert.Equal("k", (await after.KeysAsync(site, c))!.KeyId);
        }
    }

    [Fact]
    public async Task A_second_process_is_told_so()
    {
        var path = Path.Combine(folder, "ledger.db");
        var e = await Assert.ThrowsAsync<LedgerException>(() => OpenAsync(path, null));
        Assert.Equal($"{path} is in use by another process. Stop it, or choose another folder.", e.Message);
    }

    [Theory]
    [InlineData("PRAGMA application_id = 7; CREATE TABLE other (x)", "is a database of another program. Choose another file for the ledger.")]
    [InlineData("PRAGMA application_id = 1181511532; PRAGMA user_version = 99", "was written by a newer version of this program (schema 99, this one knows 5). Use that version.")]
    public async Task A_foreign_file_is_left_alone(string sql, string message)
    {
        var path = Path.Combine(folder, "other.db");
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=false"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
        var e = await Assert.ThrowsAsync<LedgerException>(() => OpenAsync(path, null));
        Assert.Equal($"{path} {message}", e.Message);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_left_alone()
    {
        var path = Path.Combine(folder, "text.db");
        await File.WriteAllTextAsync(path, new string('x', 5000), TestContext.Current.CancellationToken);
        var e = await Assert.ThrowsAsync<LedgerException>(() => OpenAsync(path, null));
        Assert.Contains("is damaged", e.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5000), await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Only_its_owner_may_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "ledger.db")));
    }
}
