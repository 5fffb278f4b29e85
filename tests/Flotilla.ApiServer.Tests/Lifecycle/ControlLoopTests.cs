using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Lifecycle;
using Flotilla.ApiServer.Storage;
using Flotilla.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.ApiServer.Tests.Lifecycle;

public sealed class ControlLoopTests : IAsyncLifetime
{
    private readonly ManualTime time = new();
    private readonly Recorder recorder = new();
    private ObjectDatabase database = null!;
    private VirtualCluster cluster = null!;
    private ControlLoop loop = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await ObjectDatabase.OpenAsync(null, new StorageOptions(), Cancel);
        cluster = new VirtualCluster("", database, time);
        loop = new ControlLoop([new Thrower(), recorder], time, NullLogger<ControlLoop>.Instance);
        database.Committed = (resource, change) => loop.OnChange(cluster, resource.Name, change);
        loop.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await loop.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_change_leads_to_a_look_even_when_another_controller_fails_to_observe_it()
    {
        await CreateAsync("a");
        Assert.Equal("a", await recorder.LookedAtAsync());
    }

    [Fact]
    public async Task A_look_that_fails_is_tried_again_later()
    {
        recorder.Failures["a"] = 2;
        await CreateAsync("a");
        Assert.Equal("a", await recorder.LookedAtAsync());
        for (var i = 0; i < 2; i++)
        {
            await UntilTimerWaitsAsync();
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("a", await recorder.LookedAtAsync());
        }
        await CreateAsync("b");
        Assert.Equal("b", await recorder.LookedAtAsync());
    }

    [Fact]
    public async Task A_look_that_wants_another_gets_it_when_it_is_due()
    {
        recorder.Again["a"] = TimeSpan.FromMinutes(5);
        await CreateAsync("a");
        Assert.Equal("a", await recorder.LookedAtAsync());
        await UntilTimerWaitsAsync();
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("a", await recorder.LookedAtAsync());
    }

    [Fact]
    public async Task Stopping_ends_the_looks_that_are_under_way()
    {
        recorder.Blocked = "a";
        await CreateAsync("a");
        Assert.Equal("a", await recorder.LookedAtAsync());
        await loop.DisposeAsync();
        await CreateAsync("b");
        Assert.True(recorder.WasCancelled);
    }

    /// <summary>The worker asks for its timer just after the look; there is nothing to await but the clock itself.</summary>
    private async Task UntilTimerWaitsAsync()
    {
        while (time.Waiting == 0)
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Task CreateAsync(string name) => cluster.Store.Resource("things").CreateAsync(new ObjectKey("", name), new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } }, Cancel);

    private sealed class Thrower : ClusterController
    {
        public override void Observe(VirtualCluster cluster, string resource, Change change, Action<LookKey> look) => throw new InvalidOperationException("cannot read this");

        public override void ObserveExisting(VirtualCluster cluster, Action<LookKey> look)
        {
        }

        public override Task<TimeSpan?> LookAsync(LookKey key, CancellationToken cancellation) => Task.FromResult<TimeSpan?>(null);
    }

    private sealed class Recorder : ClusterController
    {
        private readonly Channel<string> looks = Channel.CreateUnbounded<string>();

        public ConcurrentDictionary<string, int> Failures { get; } = new();

        public ConcurrentDictionary<string, TimeSpan> Again { get; } = new();

        public string? Blocked { get; set; }

        public bool WasCancelled { get; private set; }

        public ValueTask<string> LookedAtAsync() => looks.Reader.ReadAsync(Cancel);

        public override void Observe(VirtualCluster cluster, string resource, Change change, Action<LookKey> look) => look(new LookKey(cluster, this, "", change.Object.Key.Name));

        public override void ObserveExisting(VirtualCluster cluster, Action<LookKey> look)
        {
        }

        public override async Task<TimeSpan?> LookAsync(LookKey key, CancellationToken cancellation)
        {
            looks.Writer.TryWrite(key.Name);
            if (key.Name == Blocked)
            {
                var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var registration = cancellation.Register(() => cancelled.SetResult());
                await cancelled.Task;
                WasCancelled = true;
                cancellation.ThrowIfCancellationRequested();
            }
            if (Failures.TryGetValue(key.Name, out var left) && left > 0)
            {
                Failures[key.Name] = left - 1;
                throw new InvalidOperationException("not yet");
            }
            return Again.TryRemove(key.Name, out var again) ? again : null;
        }
    }
}
