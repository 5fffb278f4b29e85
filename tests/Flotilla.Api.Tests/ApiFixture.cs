using Flotilla.TestKit;

namespace Flotilla.Api.Tests;

/// <summary>One API server for the tests of a class; each uses names of its own.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private ApiWithOurKinds? api;

    public ApiWithOurKinds Api => api!;

    public async ValueTask InitializeAsync() => api = await ApiWithOurKinds.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => api?.DisposeAsync() ?? ValueTask.CompletedTask;
}
