using System.Collections.Concurrent;

namespace Flotilla.Agent.Tests.Sites;

/// <summary>A whole agent whose hub is somewhere else from some time on.</summary>
public sealed class MovedHubTests
{
    private const string Old = "hub.example.com";
    private const string New = "new.example.com";

    [Fact]
    public async Task A_hub_that_tells_where_it_will_be_is_found_there()
    {
        await using var ground = await AgentGround.StartAsync();
        var (hub, hosts) = (ground.Hub, new ConcurrentQueue<string>());
        var first = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        hub.Before = request =>
        {
            hosts.Enqueue(request.RequestUri!.Host);
            return null;
        };
        hub.Want(hub.State(1, first) with { Home = $"https://{New}" });
        ground.Boot();
        await ground.UntilAppliedAsync(first.Release);

        hub.Before = request => request.RequestUri!.Host == New ? null : throw new HttpRequestException("nobody is there any more");
        var second = await hub.PublishAsync(AgentGround.ConfigMap("hello again"));
        hub.Want(hub.State(2, second) with { Home = $"https://{New}" });
        await ground.UntilAppliedAsync(second.Release);
        Assert.Equal(Old, hosts.First());
        Assert.Equal(New, hosts.Last());

        // It is remembered with the state.
        await ground.ShutDownAsync();
        var third = await hub.PublishAsync(AgentGround.ConfigMap("and again"));
        hub.Want(hub.State(3, third) with { Home = $"https://{New}" });
        ground.Boot();
        await ground.UntilAppliedAsync(third.Release);
    }

    [Fact]
    public async Task Where_nobody_answers_yet_the_known_address_serves_and_the_new_one_is_tried_again()
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var (there, tries) = (false, 0);
        hub.Before = request =>
        {
            if (request.RequestUri!.Host != New)
                return there ? throw new HttpRequestException("nobody is there any more") : null;
            tries++;
            return there ? null : throw new HttpRequestException("nobody is there yet");
        };
        var first = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        hub.Want(hub.State(1, first) with { Home = $"https://{New}" });
        ground.Boot();
        await ground.UntilAppliedAsync(first.Release);
        Assert.InRange(tries, 1, 3);

        there = true;
        var second = await hub.PublishAsync(AgentGround.ConfigMap("hello again"));
        hub.Want(hub.State(2, second) with { Home = $"https://{New}" });
        await ground.UntilAppliedAsync(second.Release);
    }
}
