namespace Flotilla.Content.Tests;

public sealed class DurableFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_is_put_in_place_and_replaced_and_nothing_else_is_left()
    {
        await DurableFile.WriteAsync(folder["state"], "one"u8.ToArray(), Cancellation);
        await DurableFile.WriteAsync(folder["state"], "two"u8.ToArray(), Cancellation);

        Assert.Equal("two", await File.ReadAllTextAsync(folder["state"], Cancellation));
        Assert.Equal([folder["state"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_new_file_never_replaces_another()
    {
        await DurableFile.CreateAsync(folder["key"], "one"u8.ToArray(), Cancellation);

        await Assert.ThrowsAsync<IOException>(async () => await DurableFile.CreateAsync(folder["key"], "two"u8.ToArray(), Cancellation));

        Assert.Equal("one", await File.ReadAllTextAsync(folder["key"], Cancellation));
        Assert.Equal([folder["key"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Of_many_makers_of_one_file_one_succeeds()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            try
            {
                await DurableFile.CreateAsync(folder["key"], new[] { (byte)i }, Cancellation);
                return i;
            }
            catch (IOException)
            {
                return -1;
            }
        })));

        var winner = Assert.Single(made, i => i >= 0);
        Assert.Equal([(byte)winner], await File.ReadAllBytesAsync(folder["key"], Cancellation));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task A_private_file_is_for_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        await DurableFile.WriteAsync(folder["open"], "old"u8.ToArray(), Cancellation);

        await DurableFile.WriteAsync(folder["open"], "secret"u8.ToArray(), Cancellation, DurableFile.Private);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["open"]));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_an_error_that_names_it() => Assert.Contains(
        folder["none"], (await Assert.ThrowsAsync<DirectoryNotFoundException>(async () => await DurableFile.WriteAsync(folder["none", "x"], "x"u8.ToArray(), Cancellation))).Message);

    [Fact]
    public void Folders_are_made_with_their_parents()
    {
        DurableFile.CreateFolder(folder["a", "b", "c"]);
        DurableFile.CreateFolder(folder["a", "b", "c"]);

        Assert.True(Directory.Exists(folder["a", "b", "c"]));
    }

    [Fact]
    public void Flushing_a_folder_that_is_not_there_is_an_error_with_the_systems_words()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows flushes no folders");

        Assert.Contains("cannot open the folder", Assert.Throws<IOException>(() => FolderFlush.Flush(folder["none"])).Message);
    }

    [Fact]
    public async Task A_file_is_deleted_once_and_for_all()
    {
        await DurableFile.WriteAsync(folder["x"], "x"u8.ToArray(), Cancellation);

        DurableFile.Delete(folder["x"]);
        DurableFile.Delete(folder["x"]);

        Assert.False(File.Exists(folder["x"]));
    }
}
