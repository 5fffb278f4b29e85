using System.Diagnostics;
using System.Globalization;
using Flotilla.EndToEnd.Fleets;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Links;

/// <summary>Real components over a line that is as bad as they come; hub, agents and clusters are processes in networks of their own.</summary>
[Collection(nameof(FleetTests))]
public sealed class ToxicLinkTests(ITestOutputHelper output)
{
    private const int Sites = 2;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upgrade_of_real_components_is_completed_and_costs_less_than_what_changed()
    {
        await using var ground = await ToxicGround.StartAsync(Sites, LineQuality.Satellite);
        var clock = Stopwatch.StartNew();
        await ground.ApplyAsync([.. RealStack.Components(), RealStack.Older(), RealStack.Fleet("100%")]);
        for (var i = 1; i <= Sites; i++)
            await ground.EnrolAsync(i, AgentProcess.Executable);
        var older = await ground.ConvergedAsync(null);
        var before = await ground.ReleaseAsync(1);
        await ReportAsync(ground, "first release", clock, 0, null, before);

        var bytes = await ground.Line.BytesAsync(Cancelled);
        clock.Restart();
        await ground.ApplyAsync(RealStack.Newer());
        await ground.ConvergedAsync(older);
        var ratio = await ReportAsync(ground, "upgrade", clock, bytes, before, await ground.ReleaseAsync(1));
        Assert.InRange(ratio, 0, 1);
        for (var i = 1; i <= Sites; i++)
        {
            var image = await ground.KubectlAtAsync(i, "get", "deployment", "contour", "-n", "projectcontour", "-o", "jsonpath={.spec.template.spec.containers[0].image}");
            Assert.Contains(":v1.33", image, StringComparison.Ordinal);
        }
    }

    /// <returns>Bytes on the wire for each byte of objects that changed.</returns>
    private async Task<double> ReportAsync(ToxicGround ground, string what, Stopwatch clock, long bytesBefore, string? before, string after)
    {
        var wire = (await ground.Line.BytesAsync(Cancelled) - bytesBefore) / (double)Sites;
        var changed = await ReleaseBytes.BetweenAsync(Path.Combine(ground.HubFolder, "content"), before, after, Cancelled);
        var ratio = wire / changed.Objects;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {clock.Elapsed.TotalSeconds:0} s; for each of {Sites} sites {wire / 1000:0} kB of IP packets both ways for {changed.Blobs / 1000:0} kB of blobs, of which {changed.Objects / 1000:0} kB changed: ratio {ratio:0.000} ({ground.Line.Kind})"));
        return ratio;
    }
}
