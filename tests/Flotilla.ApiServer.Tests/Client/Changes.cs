using System.Threading.Channels;
using Flotilla.Kubernetes.Client;

namespace Flotilla.ApiServer.Tests.Client;

/// <summary>What an informer told.</summary>
internal sealed record Told(string Name, string? Before, string? After);

/// <summary>Takes what an informer of ConfigMaps tells, to be waited for.</summary>
internal sealed class Changes
{
    private readonly Channel<Told> told = Channel.CreateBounded<Told>(1000);

    public void Add(ObjectKey key, string? before, string? after) => Assert.True(told.Writer.TryWrite(new Told(key.Name, before, after)));

    public async Task<Told> NextAsync() => await told.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<Told>> NextAsync(int count)
    {
        var found = new List<Told>();
        while (found.Count < count)
            found.Add(await NextAsync());
        return [.. found.OrderBy(t => t.Name, StringComparer.Ordinal)];
    }

    public bool IsEmpty => !told.Reader.TryPeek(out _);
}
