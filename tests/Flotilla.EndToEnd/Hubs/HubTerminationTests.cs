using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Hubs;

/// <summary>Whoever stops a hub may be impatient.</summary>
public sealed class HubTerminationTests : IDisposable
{
    private const int Terminated = 128 + 15;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flotilla-");
    private readonly CancellationTokenSource cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public HubTerminationTests() => cancellation.CancelAfter(TimeSpan.FromMinutes(2));

    public void Dispose()
    {
        cancellation.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Signals_until_the_very_end_do_not_break_a_hub_that_stops()
    {
        await using var hub = new Tool(ServerProcess.Executable).Run(["hub", "--data", folder.FullName, "--listen", "127.0.0.1:0", "--api-port", "0", "--offline"]);
        await hub.LineAsync(line => line.StartsWith("gateway at ", StringComparison.Ordinal), cancellation.Token);
        var exit = hub.ExitAsync(cancellation.Token);
        for (var i = 0; i < 2000 && !exit.IsCompleted; i++)
        {
            hub.Terminate();
            await Task.Yield();
        }
        // The system itself ends a process that no longer listens to signals.
        var code = await exit;
        Assert.True(code is 0 or Terminated, $"it ended with {code}:\n{hub.Log}");
        Assert.DoesNotContain("nhandled", hub.Log, StringComparison.Ordinal);
    }
}
