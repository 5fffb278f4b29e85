using System.Threading.Channels;
using Flotilla.Api.Sites;
using Flotilla.Hub.Ledger;
using Flotilla.Hub.Tests.Ledger;
using Flotilla.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace Flotilla.Hub.Tests.Ledger;

/// <summary>One server for all tests, each with a schema of its own.</summary>
public sealed class SharedPostgres : IAsyncLifetime
{
    internal PostgresServer? Server { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.IsInstalled)
            Server = await PostgresServer.StartAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => Server?.DisposeAsync() ?? default;
}

public sealed class PostgresLedgerTests(SharedPostgres postgres) : LedgerContract
{
    private static readonly SiteName Site = new("retail", "store-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected override ValueTask<string> NewPlaceAsync()
    {
        Assert.SkipUnless(postgres.Server is not null, PostgresServer.IsMissing);
        return new(postgres.Server.NewPlace());
    }

    private protected override async ValueTask<string?> FirstVersionAsync()
    {
        var place = await NewPlaceAsync();
        await using var source = NpgsqlDataSource.Create(place);
        await using var command = source.CreateCommand(
            $"CREATE SCHEMA {new NpgsqlConnectionStringBuilder(place).SearchPath};"
            + FirstVersion.Sql(sqlite: false)
            + "CREATE TABLE ledger_version (version INTEGER NOT NULL); INSERT INTO ledger_version VALUES (1);");
        await command.ExecuteNonQueryAsync(Cancellation);
        return place;
    }

    private protected override Task<ILedger> OpenAsync(string place, JournalRetention? retention) =>
        PostgresLedger.OpenAsync(place, Time, NullLogger.Instance, Cancellation, retention);

    [Fact]
    public async Task Hubs_hear_of_each_others_changes_and_forget_what_is_old()
    {
        var place = await NewPlaceAsync();
        await using var one = await OpenAsync(place, null);
        await using var two = await OpenAsync(place, null);
        var heard = Channel.CreateUnbounded<LedgerChange>();
        using var subscription = two.Subscribe(change => heard.Writer.TryWrite(change));
        await EnrolAsync(one);
        Assert.Equal(new LedgerChange(LedgerChangeKind.Enrolment, Site), await heard.Reader.ReadAsync(Cancellation));
        Assert.True((await two.FactsAsync(Site, Cancellation))!.Enrolled);

        var now = Time.GetUtcNow();
        await one.SyncAsync(Site, new() { Journal = "a", Agent = "1", Report = new() { Healthy = true }, ReportDigest = "d" }, now, Cancellation);
        Assert.Equal(new LedgerChange(LedgerChangeKind.Report, Site), await heard.Reader.ReadAsync(Cancellation));
        Assert.True((await two.FactsAsync(Site, Cancellation))!.Healthy);

        Time.Advance(TimeSpan.FromSeconds(1));
        await one.SyncAsync(Site, new() { Journal = "a", Agent = "1", ReportDigest = "d" }, Time.GetUtcNow(), Cancellation);
        var seen = Time.GetUtcNow();
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(new LedgerChange(LedgerChangeKind.Seen, Site), await heard.Reader.ReadAsync(Cancellation));
        Assert.Equal(seen, (await two.FactsAsync(Site, Cancellation))!.LastSeen);

        await one.RemoveAsync(Site, Cancellation);
        Assert.Equal(new LedgerChange(LedgerChangeKind.Removed, Site), await heard.Reader.ReadAsync(Cancellation));
        Assert.Null(await two.KeysAsync(Site, Cancellation));
    }

    [Fact]
    public async Task Hubs_that_start_at_once_make_one_schema()
    {
        var place = await NewPlaceAsync();
        var ledgers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync(place, null)));
        foreach (var ledger in ledgers)
            await ledger.DisposeAsync();
    }

    [Fact]
    public async Task A_change_of_many_sites_is_heard_whole()
    {
        var place = await NewPlaceAsync();
        await using var one = await OpenAsync(place, null);
        await using var two = await OpenAsync(place, null);
        var heard = Channel.CreateUnbounded<LedgerChange>();
        using var subscription = two.Subscribe(change => heard.Writer.TryWrite(change));
        var targets = Enumerable.Range(0, 1000)
            .Select(i => new StoredTarget { Site = new SiteName("retail", $"store-{i:0000}"), Fleet = "stores", Epoch = 1, Sequence = 1, Envelope = [1] })
            .ToList();
        Assert.True(await one.CommitAsync(new FleetLease("retail", "stores", 1), new FleetCommit { Targets = targets }, Cancellation));
        var sites = new HashSet<SiteName>();
        while (sites.Count < 1000)
            sites.Add((await heard.Reader.ReadAsync(Cancellation)).Site);
        Assert.Equal(1000, await two.FactsAsync(Cancellation).CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_named()
    {
        var e = await Assert.ThrowsAsync<LedgerException>(() => OpenAsync("Host=/nowhere;Username=x", null));
        Assert.StartsWith("the ledger in PostgreSQL cannot be opened: ", e.Message, StringComparison.Ordinal);
    }

    private async Task EnrolAsync(ILedger ledger)
    {
        await ledger.AddTokenAsync(new EnrolmentToken("t", Site, Time.GetUtcNow().AddDays(1)), Cancellation);
        await ledger.EnrolAsync("t", new SiteKeys("k", "{}", "{}", Time.GetUtcNow()), Time.GetUtcNow(), Cancellation);
    }
}
