using System.Threading.Channels;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using static Flotilla.ApiServer.Tests.Client.ServedClient;

namespace Flotilla.ApiServer.Tests.Client;

public sealed class LeaseTests
{
    private static readonly ResourceReference Leases = new("coordination.k8s.io", "v1", "leases", true, "Lease");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Given_back_it_goes_to_the_next_with_a_higher_epoch(bool asSet)
    {
        await using var served = await StartAsync(Way.Memory);
        await using var first = new Candidate(served.Client, "first", asSet);
        Assert.Equal(1, (await first.LeadsAsync()).Epoch);
        await using var second = new Candidate(served.Client, "second", asSet);

        await first.StopAsync();
        var term = await second.LeadsAsync();
        Assert.Equal((2, "second", "fleet"), (term.Epoch, term.Identity, term.Lease));
        Assert.Null(first.Lease.Term);
        Assert.Equal(term, second.Lease.Term);
        await second.StopAsync();
        var spec = (await served.Client.GetAsync(Leases, "default", "fleet", Cancellation)).Object("spec");
        Assert.Null(spec.String("holderIdentity"));
        Assert.Equal(2, spec.Member("leaseTransitions").AsInt64OrNull());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_holder_without_connection_stops_before_another_takes_over(bool asSet)
    {
        await using var served = await StartAsync(Way.Memory);
        using var cut = new CutHandler(served.Api.CreateHandler());
        using var fragile = new KubernetesClient(cut, served.Api.Address, token: served.Api.Token);
        await using var first = new Candidate(fragile, "first", asSet);
        await first.LeadsAsync();
        await using var second = new Candidate(served.Client, "second", asSet);
        second.BeforeLeading = () => Assert.True(first.Stopped.Task.IsCompletedSuccessfully, "both led");

        cut.IsCut = true;
        Assert.Equal(2, (await second.LeadsAsync()).Epoch);
        cut.IsCut = false;
        await second.StopAsync();
        Assert.Equal(3, (await first.LeadsAsync()).Epoch);
    }

    [Fact]
    public async Task A_hundred_leases_are_shared_by_two_and_all_go_to_the_one_who_stays()
    {
        await using var served = await StartAsync(Way.Memory);
        var names = Enumerable.Range(0, 100).Select(i => $"fleet-{i}").ToArray();
        var held = Channel.CreateBounded<LeaseTerm>(1000);
        await using var stays = new Crew(served.Client, "stays", names, held.Writer);
        await using var leaves = new Crew(served.Client, "leaves", names, held.Writer);
        var first = new HashSet<string>();
        while (first.Count < names.Length)
            Assert.True(first.Add((await held.Reader.ReadAsync(Cancellation)).Lease), "held twice at a time");
        var left = leaves.Held;
        await leaves.DisposeAsync();
        for (var i = 0; i < left; i++)
            Assert.Equal(("stays", 2), await held.Reader.ReadAsync(Cancellation) is var term ? (term.Identity, (int)term.Epoch) : default);
        Assert.Equal(names.Length, stays.Held);
    }

    private static LeaseOptions Options(string identity) => new()
    {
        Identity = identity,
        Namespace = "default",
        Duration = TimeSpan.FromSeconds(2),
        RenewDeadline = TimeSpan.FromSeconds(1),
        RenewPeriod = TimeSpan.FromMilliseconds(300),
        RetryPeriod = TimeSpan.FromMilliseconds(100),
    };

    /// <summary>One who wants to lead.</summary>
    private sealed class Candidate : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Channel<LeaseTerm> terms = Channel.CreateBounded<LeaseTerm>(10);
        private readonly Task running;

        public Candidate(KubernetesClient client, string identity, bool asSet)
        {
            var set = asSet ? new LeaseSet(client, Options(identity), TimeProvider.System, new Random(1)) : null;
            Lease = set?.Get("fleet") ?? new Lease(client, "fleet", Options(identity), TimeProvider.System, new Random(1));
            running = Task.WhenAll(Task.Run(() => Lease.RunAsync(LeadAsync, stop.Token)), Task.Run(() => set?.RunAsync(stop.Token) ?? Task.CompletedTask));
        }

        public Lease Lease { get; }

        public Action BeforeLeading { get; set; } = () => { };

        public TaskCompletionSource Stopped { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<LeaseTerm> LeadsAsync() => terms.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        public async Task StopAsync()
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            stop.Dispose();
        }

        private async Task LeadAsync(LeaseTerm term, CancellationToken cancellation)
        {
            BeforeLeading();
            Stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await terms.Writer.WriteAsync(term, cancellation);
            try
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            finally
            {
                Stopped.TrySetResult();
            }
        }
    }

    /// <summary>One process that wants many leases.</summary>
    private sealed class Crew : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Lease[] leases;
        private readonly Task running;

        public Crew(KubernetesClient client, string identity, string[] names, ChannelWriter<LeaseTerm> held)
        {
            var set = new LeaseSet(client, Options(identity), TimeProvider.System, new Random(2));
            leases = [.. names.Select(set.Get)];
            running = Task.WhenAll(leases.Select(l => l.RunAsync(async (term, cancellation) =>
            {
                await held.WriteAsync(term, cancellation);
                await Task.Delay(Timeout.Infinite, cancellation);
            }, stop.Token)).Append(set.RunAsync(stop.Token)));
        }

        public int Held => leases.Count(l => l.Term is not null);

        public async ValueTask DisposeAsync()
        {
            if (stop.IsCancellationRequested)
                return;
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }
    }

    /// <summary>A line that can be cut.</summary>
    private sealed class CutHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public volatile bool IsCut;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            IsCut ? throw new HttpRequestException(HttpRequestError.ConnectionError, "cut") : base.SendAsync(request, cancellationToken);
    }
}
