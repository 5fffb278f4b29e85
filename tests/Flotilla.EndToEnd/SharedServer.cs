using Flotilla.EndToEnd;
using Flotilla.TestKit;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace Flotilla.EndToEnd;

/// <summary>One server process for all tests that need nothing special of it; each test takes a virtual cluster of its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private const int Clusters = 120;
    private int taken;

    /// <summary>The process.</summary>
    internal ServerProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Process = await ServerProcess.StartAsync(TestContext.Current.CancellationToken, "--memory", "--clusters", $"{Clusters}", "--user", "alice=alicetoken:dev");

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    /// <summary>kubectl in a virtual cluster that no other test uses; the test is skipped where the machine has no kubectl.</summary>
    internal Kubectl NewCluster()
    {
        Assert.SkipUnless(Kubectl.IsInstalled, Kubectl.IsMissing);
        var number = Interlocked.Increment(ref taken);
        return number <= Clusters ? Process.Kubectl($"cluster-{number}") : throw new InvalidOperationException($"more than {Clusters} tests: raise the number");
    }
}
