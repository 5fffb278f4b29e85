using Flotilla.Api.Sync;

namespace Flotilla.Agent.Tests.Applying;

public sealed class RealReleaseTests
{
    [Fact]
    public async Task Published_manifests_go_in_are_found_as_they_should_be_and_move_to_newer_versions_and_back()
    {
        Assert.SkipWhen(TestKit.RealStack.Folder is null, "the manifests are not beside the checkout");
        await using var site = await TestSite.StartAsync();
        var (older, newer) = (TestRelease.Real(newer: false), TestRelease.Real(newer: true));

        site.Boot(older);
        await site.UntilSettledAsync();
        Assert.All(older.Document.Components, c => Assert.Single(site.Observer.Events, e => e.Event == JournalEvent.ComponentApplied && e.Component == c.Name));
        Assert.Equal(0, site.Observer.Count(JournalEvent.DriftCorrected));

        await site.ShutDownAsync();
        site.Wire.Forget();
        site.Boot(older);
        await site.UntilSettledAsync();
        Assert.Empty(site.Wire.Writes);
        Assert.Empty(site.Observer.Events);

        site.Releases.Set(newer);
        await site.UntilSettledAsync();
        Assert.Equal(0, site.Observer.Count(JournalEvent.DriftCorrected));
        Assert.DoesNotContain(site.Observer.Events, e => e.Event is JournalEvent.ComponentFailed);

        site.Releases.Set(older);
        await site.UntilSettledAsync();
        site.Wire.Forget();
        await site.PassAsync(seconds: 3600);
        Assert.Empty(site.Wire.Writes);
    }
}
