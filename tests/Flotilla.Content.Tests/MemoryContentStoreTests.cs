namespace Flotilla.Content.Tests;

public sealed class MemoryContentStoreTests : ContentStoreTests
{
    private protected override ValueTask<IContentStore> OpenAsync() => new(new MemoryContentStore());

    [Fact]
    public async Task A_writer_that_goes_on_with_its_buffer_changes_nothing()
    {
        var store = await OpenAsync();
        var buffer = "before"u8.ToArray();
        var digest = await store.WriteAsync(buffer, Cancellation);

        buffer[0] = (byte)'X';

        Assert.Equal("before"u8.ToArray(), (await store.ReadAsync(digest, Cancellation))!.Value.ToArray());
    }
}
