using System.Text;

namespace Flotilla.Content.Tests;

/// <summary>What every content store does.</summary>
public abstract class ContentStoreTests : IDisposable
{
    private protected TemporaryFolder Folder { get; } = new();

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract ValueTask<IContentStore> OpenAsync();

    public void Dispose() => Folder.Dispose();

    [Fact]
    public async Task What_is_written_is_read_by_its_digest()
    {
        var store = await OpenAsync();
        var content = Encoding.UTF8.GetBytes("some content");

        var digest = await store.WriteAsync(content, Cancellation);
        Assert.Equal(digest, await store.WriteAsync(content, Cancellation));

        Assert.Equal(Digest.Of(content), digest);
        Assert.True(await store.ContainsAsync(digest, Cancellation));
        Assert.Equal(content, (await store.ReadAsync(digest, Cancellation))!.Value.ToArray());
        Assert.Equal([digest], await ListAsync(store));
    }

    [Fact]
    public async Task The_content_may_be_empty()
    {
        var store = await OpenAsync();

        var digest = await store.WriteAsync(ReadOnlyMemory<byte>.Empty, Cancellation);

        Assert.Equal(0, (await store.ReadAsync(digest, Cancellation))!.Value.Length);
    }

    [Fact]
    public async Task A_stream_of_the_content_can_seek_as_ranges_need()
    {
        var store = await OpenAsync();
        var digest = await store.WriteAsync("0123456789"u8.ToArray(), Cancellation);

        await using var stream = await store.OpenAsync(digest, Cancellation);

        stream!.Seek(7, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        Assert.Equal("789", await reader.ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_not_there_is_null_and_may_be_deleted()
    {
        var store = await OpenAsync();
        var digest = Digest.Of("nothing"u8);

        await store.DeleteAsync(digest, Cancellation);

        Assert.False(await store.ContainsAsync(digest, Cancellation));
        Assert.Null(await store.ReadAsync(digest, Cancellation));
        Assert.Null(await store.OpenAsync(digest, Cancellation));
    }

    [Fact]
    public async Task What_is_deleted_is_gone_and_can_be_written_again()
    {
        var store = await OpenAsync();
        var digest = await store.WriteAsync("x"u8.ToArray(), Cancellation);

        await store.DeleteAsync(digest, Cancellation);
        Assert.Null(await store.ReadAsync(digest, Cancellation));
        Assert.Empty(await ListAsync(store));

        await store.WriteAsync("x"u8.ToArray(), Cancellation);
        Assert.NotNull(await store.ReadAsync(digest, Cancellation));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(300_000L)]
    public async Task A_stream_that_holds_what_is_promised_is_kept(long? length)
    {
        var store = await OpenAsync();
        var content = new byte[300_000];
        new Random(7).NextBytes(content);

        await store.WriteAsync(Digest.Of(content), new MemoryStream(content), length, Cancellation);

        Assert.Equal(content, (await store.ReadAsync(Digest.Of(content), Cancellation))!.Value.ToArray());
    }

    [Fact]
    public async Task A_stream_that_holds_something_else_leaves_nothing()
    {
        var store = await OpenAsync();
        var promised = Digest.Of("promised"u8);

        var refusal = await Assert.ThrowsAsync<DigestMismatchException>(
            async () => await store.WriteAsync(promised, new MemoryStream("delivered"u8.ToArray()), null, Cancellation));

        Assert.Equal((promised, Digest.Of("delivered"u8)), (refusal.Expected, refusal.Actual));
        await NothingIsLeftAsync(store, promised);
    }

    [Theory]
    [InlineData(7, "longer than the 7 bytes promised")]
    [InlineData(9, "ends after 8 of 9 bytes")]
    public async Task A_stream_of_another_length_leaves_nothing(long length, string expected)
    {
        var store = await OpenAsync();
        var promised = Digest.Of("promised"u8);

        var refusal = await Assert.ThrowsAsync<InvalidDataException>(
            async () => await store.WriteAsync(promised, new MemoryStream("promised"u8.ToArray()), length, Cancellation));

        Assert.Contains(expected, refusal.Message);
        await NothingIsLeftAsync(store, promised);
    }

    [Fact]
    public async Task Many_writers_of_the_same_content_all_succeed()
    {
        var store = await OpenAsync();
        var content = new byte[50_000];

        var digests = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await store.WriteAsync(content, Cancellation))));

        Assert.Equal([Digest.Of(content)], digests.Distinct());
        Assert.Equal([Digest.Of(content)], await ListAsync(store));
    }

    private protected static async Task<List<Digest>> ListAsync(IContentStore store)
    {
        var digests = new List<Digest>();
        await foreach (var digest in store.ListAsync(Cancellation))
            digests.Add(digest);
        return digests;
    }

    private async Task NothingIsLeftAsync(IContentStore store, Digest digest)
    {
        Assert.False(await store.ContainsAsync(digest, Cancellation));
        Assert.Empty(await ListAsync(store));
        Assert.Empty(Directory.EnumerateFiles(Folder.Path, "*.tmp", SearchOption.AllDirectories));
    }
}
