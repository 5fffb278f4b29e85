using k8s;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;

namespace Flotilla.EndToEnd.DotNetClient;

public sealed class LeaderElectionTests(OfficialClient official) : IClassFixture<OfficialClient>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_second_contender_leads_when_the_first_dies()
    {
        using var firstLife = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var secondLife = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var first = Contender("first");
        using var second = Contender("second");
        var firstLeads = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var secondFollows = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var secondLeads = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        first.OnStartedLeading += firstLeads.SetResult;
        second.OnNewLeader += leader => secondFollows.TrySetResult(leader);
        second.OnStartedLeading += secondLeads.SetResult;

        var running = first.RunUntilLeadershipLostAsync(firstLife.Token);
        await firstLeads.Task.WaitAsync(Cancellation);
        var waiting = second.RunUntilLeadershipLostAsync(secondLife.Token);
        Assert.Equal("first", await secondFollows.Task.WaitAsync(Cancellation));
        Assert.False(secondLeads.Task.IsCompleted);

        await firstLife.CancelAsync();
        await secondLeads.Task.WaitAsync(Cancellation);
        var lease = await official.Client.CoordinationV1.ReadNamespacedLeaseAsync("crown", "default", cancellationToken: Cancellation);
        Assert.Equal("second", lease.Spec.HolderIdentity);

        await secondLife.CancelAsync();
        foreach (var ended in new[] { running, waiting })
        {
            try
            {
                await ended;
            }
            catch (OperationCanceledException)
            {
                // This is how a contender that was stopped ends.
            }
        }
    }

    private LeaderElector Contender(string name) => new(new LeaderElectionConfig(new LeaseLock(official.Client, "default", "crown", name))
    {
        LeaseDuration = TimeSpan.FromSeconds(4),
        RenewDeadline = TimeSpan.FromSeconds(3),
        RetryPeriod = TimeSpan.FromMilliseconds(200),
    });
}
