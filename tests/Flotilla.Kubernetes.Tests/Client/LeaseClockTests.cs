using System.Text.Json.Nodes;
using System.Threading.Channels;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.Client;

/// <summary>Leases, request by request, on a clock that moves only when told.</summary>
public sealed class LeaseClockTests : IAsyncDisposable
{
    private const string Path = "/apis/coordination.k8s.io/v1/namespaces/fleet-system/leases";
    private readonly ManualTime time = new();
    private readonly FakeWire wire = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Channel<string> work = Channel.CreateBounded<string>(100);
    private readonly Lease lease;
    private readonly Task running;
    private int version;

    public LeaseClockTests()
    {
        var options = new LeaseOptions { Identity = "us", Namespace = "fleet-system", RenewPeriod = TimeSpan.FromSeconds(4) };
        lease = new Lease(wire.Client(time), "stores", options, time, new SteadyChance());
        running = Task.Run(() => lease.RunAsync(LeadAsync, stop.Token));
    }

    [Fact]
    public async Task An_absent_lease_is_made_held_renewed_and_given_back()
    {
        (await wire.ExpectAsync($"GET {Path}/stores")).Answer(404, Status(404));
        var made = await wire.ExpectAsync($"POST {Path}");
        Assert.Equal(
            """{"holderIdentity":"us","leaseDurationSeconds":15,"leaseTransitions":1,"acquireTime":"2026-01-01T00:00:00.000000Z","renewTime":"2026-01-01T00:00:00.000000Z"}""",
            made.Body.Object("spec")!.ToJsonString());
        made.Answer(201, Stored(made.Body));
        Assert.Equal("began 1", await NextWorkAsync());

        for (var second = 4; second <= 12; second += 4)
        {
            await AdvanceAsync(4);
            var renewed = await wire.ExpectAsync($"PUT {Path}/stores");
            Assert.Equal($"2026-01-01T00:00:{second:d2}.000000Z", renewed.Body.Object("spec").String("renewTime"));
            Assert.Equal("2026-01-01T00:00:00.000000Z", renewed.Body.Object("spec").String("acquireTime"));
            Assert.Equal($"{version}", renewed.Body.Object("metadata").String("resourceVersion"));
            renewed.Answer(200, Stored(renewed.Body));
        }
        Assert.Equal(1, lease.Term!.Epoch);

        await stop.CancelAsync();
        Assert.Equal("stopped 1", await NextWorkAsync());
        var released = await wire.ExpectAsync($"PUT {Path}/stores");
        Assert.False(released.Body.Object("spec")!.ContainsKey("holderIdentity"));
        Assert.Equal((1L, 1L), (released.Body.Object("spec").Member("leaseDurationSeconds").AsInt64OrNull(), released.Body.Object("spec").Member("leaseTransitions").AsInt64OrNull()));
        released.Answer(200, Stored(released.Body));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Null(lease.Term);
    }

    [Fact]
    public async Task Another_holder_counts_from_the_last_change_seen_whatever_its_clock_says()
    {
        // Their clock is years behind, and their duration is their own.
        (await wire.ExpectAsync($"GET {Path}/stores")).Answer(200, Held("them", 20, 7));
        for (var waited = 2; waited < 20; waited += 2)
        {
            await AdvanceAsync(2);
            var look = await wire.ExpectAsync($"GET {Path}/stores");
            if (waited == 6)
                version++;
            look.Answer(200, Held("them", 20, 7));
        }
        // Seen anew at 6 s: free at 26 s.
        for (var waited = 20; waited < 26; waited += 2)
        {
            await AdvanceAsync(2);
            (await wire.ExpectAsync($"GET {Path}/stores")).Answer(200, Held("them", 20, 7));
        }
        Assert.Equal("them", lease.Holder);
        await AdvanceAsync(2);
        (await wire.ExpectAsync($"GET {Path}/stores")).Answer(200, Held("them", 20, 7));
        var taken = await wire.ExpectAsync($"PUT {Path}/stores");
        Assert.Equal(("us", 8L), (taken.Body.Object("spec").String("holderIdentity"), taken.Body.Object("spec").Member("leaseTransitions").AsInt64OrNull()));
        Assert.Equal("kept", taken.Body.Object("metadata").Object("labels").String("note"));
        taken.Answer(200, Stored(taken.Body));
        Assert.Equal("began 8", await NextWorkAsync());
    }

    [Fact]
    public async Task Whoever_cannot_renew_stops_at_the_deadline_and_begins_again_with_a_new_epoch()
    {
        await AcquireAsync();
        await AdvanceAsync(4);
        (await wire.ExpectAsync($"PUT {Path}/stores")).Fail("no route");
        await AdvanceAsync(2);
        (await wire.ExpectAsync($"PUT {Path}/stores")).Fail("no route");
        await AdvanceAsync(2);
        // This one is never answered: the deadline ends it.
        var hanging = await wire.ExpectAsync($"PUT {Path}/stores");
        Assert.NotNull(lease.Term);
        await AdvanceAsync(2);
        Assert.Equal("stopped 1", await NextWorkAsync());
        Assert.Null(lease.Term);
        Assert.True(hanging.Answered.IsCanceled);

        (await wire.ExpectAsync($"GET {Path}/stores")).Answer(200, Held("us", 15, 1));
        var again = await wire.ExpectAsync($"PUT {Path}/stores");
        again.Answer(200, Stored(again.Body));
        Assert.Equal("began 2", await NextWorkAsync());
    }

    [Theory]
    [InlineData("them", 2, true)]
    [InlineData("us", 2, true)]
    [InlineData("us", 1, false)]
    public async Task A_conflict_loses_it_only_if_another_term_began(string holder, int transitions, bool lost)
    {
        await AcquireAsync();
        await AdvanceAsync(4);
        (await wire.ExpectAsync($"PUT {Path}/stores")).Answer(409, Status(409));
        version += 10;
        (await wire.ExpectAsync($"GET {Path}/stores")).Answer(200, Held(holder, 15, transitions));
        if (lost)
        {
            Assert.Equal("stopped 1", await NextWorkAsync());
            return;
        }
        var renewed = await wire.ExpectAsync($"PUT {Path}/stores");
        Assert.Equal($"{version}", renewed.Body.Object("metadata").String("resourceVersion"));
        renewed.Answer(200, Stored(renewed.Body));
        await AdvanceAsync(4);
        await wire.ExpectAsync($"PUT {Path}/stores");
        Assert.NotNull(lease.Term);
    }

    [Fact]
    public async Task Of_two_who_try_at_once_one_waits()
    {
        (await wire.ExpectAsync($"GET {Path}/stores")).Answer(404, Status(404));
        (await wire.ExpectAsync($"POST {Path}")).Answer(409, Status(409));
        await AdvanceAsync(2);
        (await wire.ExpectAsync($"GET {Path}/stores")).Answer(200, Held("them", 15, 1));
        await AdvanceAsync(2);
        (await wire.ExpectAsync($"GET {Path}/stores")).Answer(500, "out of order");
        await AdvanceAsync(2);
        await wire.ExpectAsync($"GET {Path}/stores");
        Assert.Null(lease.Term);
    }

    [Fact]
    public async Task An_epoch_is_beyond_what_a_store_has_seen_though_the_lease_was_removed()
    {
        lease.EpochFloor = 41;
        (await wire.ExpectAsync($"GET {Path}/stores")).Answer(404, Status(404));
        var made = await wire.ExpectAsync($"POST {Path}");
        Assert.Equal(42, made.Body.Object("spec").Member("leaseTransitions").AsInt64OrNull());
    }

    [Fact]
    public void Times_that_leave_no_room_are_refused()
    {
        var options = new LeaseOptions { Identity = "us", Namespace = "x", Duration = TimeSpan.FromSeconds(10) };
        var refused = Assert.Throws<ArgumentException>(() => new Lease(wire.Client(time), "stores", options, time, new SteadyChance()));
        Assert.Contains("RenewDeadline", refused.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        // A last write may wait for an answer; the clock ends it.
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        stop.Dispose();
    }

    private async Task AcquireAsync()
    {
        (await wire.ExpectAsync($"GET {Path}/stores")).Answer(404, Status(404));
        var made = await wire.ExpectAsync($"POST {Path}");
        made.Answer(201, Stored(made.Body));
        Assert.Equal("began 1", await NextWorkAsync());
    }

    private async Task AdvanceAsync(int seconds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await time.AdvanceOnceDueAsync(TimeSpan.FromSeconds(seconds), patience.Token);
    }

    private async Task LeadAsync(LeaseTerm term, CancellationToken cancellation)
    {
        await work.Writer.WriteAsync($"began {term.Epoch}", CancellationToken.None);
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        finally
        {
            await work.Writer.WriteAsync($"stopped {term.Epoch}", CancellationToken.None);
        }
    }

    private Task<string> NextWorkAsync() =>
        work.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private JsonObject Stored(JsonObject written)
    {
        var stored = (JsonObject)written.DeepClone();
        stored["metadata"]!["resourceVersion"] = $"{++version}";
        return stored;
    }

    private JsonObject Held(string holder, int seconds, int transitions) => new()
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new JsonObject
        {
            ["namespace"] = "fleet-system",
            ["name"] = "stores",
            ["resourceVersion"] = $"{version}",
            ["labels"] = new JsonObject { ["note"] = "kept" },
        },
        ["spec"] = new JsonObject
        {
            ["holderIdentity"] = holder,
            ["leaseDurationSeconds"] = seconds,
            ["leaseTransitions"] = transitions,
            ["renewTime"] = "2001-01-01T00:00:00.000000Z",
        },
    };

    private static JsonObject Status(int code) => new() { ["kind"] = "Status", ["apiVersion"] = "v1", ["code"] = code, ["reason"] = code == 409 ? "Conflict" : "NotFound" };

    /// <summary>No jitter.</summary>
    private sealed class SteadyChance : Random
    {
        public override double NextDouble() => 0;
    }
}
