using System.Diagnostics;
using Flotilla.ApiServer.Storage;

namespace Flotilla.ApiServer.Tests.Storage;

public sealed class FullDiskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_at_its_largest_size_refuses_writes_until_something_is_deleted()
    {
        using var folder = new TemporaryFolder();
        await FillAndRecover(folder.Path, new StorageOptions { MaxFileBytes = 400_000 });
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_and_takes_them_again_when_there_is_space()
    {
        using var folder = new TemporaryFolder();
        Assert.SkipUnless(OperatingSystem.IsLinux() && Mount(folder.Path), "this user may not mount a small file system");
        try
        {
            var ballast = Path.Combine(folder.Path, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[800_000], Cancel);
            await FillAndRecover(folder.Path, new StorageOptions(), () => File.Delete(ballast));
        }
        finally
        {
            Run("umount", folder.Path);
        }
    }

    private static async Task FillAndRecover(string folder, StorageOptions options, Action? makeSpace = null)
    {
        var acknowledged = new List<StoredObject>();
        long revision;
        await using (var database = await ObjectDatabase.OpenAsync(folder, options, Cancel))
        {
            var store = database.Cluster("c").Resource("things");
            await using var watcher = store.Watch(null, null, database.Revision);
            var failure = await Fill(store, acknowledged);
            Assert.Equal(StorageFailure.NoSpace, failure.Failure);
            Assert.Contains(Path.Combine(folder, "flotilla.db"), failure.Message, StringComparison.Ordinal);

            // Nothing of it is there, and reads go on.
            Assert.Equal(acknowledged.Max(o => o.Revision), database.Revision);
            Assert.Equal(acknowledged, store.List(null, null, 0, null, null).Items);
            Assert.Equal(acknowledged.OrderBy(o => o.Revision), Objects.ReadAll(watcher).Select(c => c.Object));

            makeSpace?.Invoke();
            foreach (var obj in acknowledged[..10])
                await store.DeleteAsync(obj.Key, obj.Revision, null, Cancel);
            acknowledged.RemoveRange(0, 10);
            var again = await Create(store, 9_999);
            acknowledged.Add(again);
            revision = again.Revision;
            Assert.Equal(11, Objects.ReadAll(watcher).Count);
        }
        await using (var database = await ObjectDatabase.OpenAsync(folder, options, Cancel))
        {
            Assert.Equal(revision, database.Revision);
            Assert.Equal(
                acknowledged.Select(o => (o.Key, o.Revision)),
                database.Cluster("c").Resource("things").List(null, null, 0, null, null).Items.Select(o => (o.Key, o.Revision)));
        }
    }

    private static async Task<StorageFailedException> Fill(ResourceStore store, List<StoredObject> acknowledged)
    {
        // Several at once, so that the transaction that fails has more than one write in it.
        for (var i = 0; i < 10_000; i += 5)
        {
            var writes = Enumerable.Range(i, 5).Select(n => Create(store, n)).ToList();
            StorageFailedException? failure = null;
            foreach (var write in writes)
            {
                try
                {
                    acknowledged.Add(await write);
                }
                catch (StorageFailedException e)
                {
                    failure = e;
                }
            }
            if (failure is not null)
                return failure;
        }
        throw new InvalidOperationException("the disk did not get full");
    }

    private static Task<StoredObject> Create(ResourceStore store, int number)
    {
        var key = new ObjectKey("n", $"{number:D5}");
        var obj = Objects.Of(key, number);
        obj["text"] = new string('x', 5000);
        return store.CreateAsync(key, obj, Cancel);
    }

    private static bool Mount(string folder) => Run("mount", "-t", "tmpfs", "-o", "size=2m", "flotilla-test", folder) == 0;

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
