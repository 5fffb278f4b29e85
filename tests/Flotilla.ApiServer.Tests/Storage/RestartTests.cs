using Flotilla.ApiServer.Storage;

namespace Flotilla.ApiServer.Tests.Storage;

public sealed class RestartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_is_there_again_and_revisions_go_on()
    {
        using var folder = new TemporaryFolder();
        long revision;
        List<string> before;
        await using (var database = await Open(folder))
        {
            foreach (var cluster in (string[])["one", "two"])
            {
                var store = database.Cluster(cluster).Resource("things");
                for (var i = 0; i < 300; i++)
                    await store.CreateAsync(new("n", $"{i}"), Objects.Of(new("n", $"{i}"), i, ("app", cluster)), Cancel);
                await store.UpdateAsync(new("n", "7"), store.Get(new("n", "7"))!.Revision, Objects.Of("n/7", 777), Cancel);
                await store.DeleteAsync(new("n", "8"), store.Get(new("n", "8"))!.Revision, null, Cancel);
            }
            before = Dump(database);
            await database.Cluster("two").Resource("things").DeleteAsync(new("n", "9"), database.Cluster("two").Resource("things").Get(new("n", "9"))!.Revision, null, Cancel);
            before.RemoveAll(line => line.StartsWith("two things n/9 ", StringComparison.Ordinal));
            revision = database.Revision;
        }
        await using (var database = await Open(folder))
        {
            Assert.Equal(before, Dump(database));
            Assert.Equal(revision, database.Revision);
            var store = database.Cluster("one").Resource("things");
            Assert.Equal("one", store.Get(new("n", "5"))!.Label("app"));
            Assert.Throws<RevisionExpiredException>(() => store.Watch(null, null, revision - 1));
            await using var watcher = store.Watch(null, null, revision);
            var updated = await store.UpdateAsync(new("n", "5"), store.Get(new("n", "5"))!.Revision, Objects.Of("n/5", 5), Cancel);
            Assert.Equal(revision + 1, updated.Revision);
            Assert.Equal(["Modified n/5=5"], Objects.ReadAll(watcher).Select(Objects.Show));
            var deleted = await store.DeleteAsync(new("n", "6"), store.Get(new("n", "6"))!.Revision, null, Cancel);
            Assert.Equal(deleted.Revision.ToString(), deleted.Parse()["metadata"]!["resourceVersion"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_deleted_cluster_stays_deleted_and_its_name_can_be_used_again()
    {
        using var folder = new TemporaryFolder();
        await using (var database = await Open(folder))
        {
            await database.Cluster("one").Resource("things").CreateAsync(new("n", "a"), Objects.Of("n/a", 1), Cancel);
            await database.Cluster("two").Resource("things").CreateAsync(new("n", "a"), Objects.Of("n/a", 2), Cancel);
            await database.DeleteClusterAsync("one", Cancel);
        }
        await using (var database = await Open(folder))
        {
            Assert.Equal(["two"], database.ClusterNames);
            await database.Cluster("one").Resource("things").CreateAsync(new("n", "b"), Objects.Of("n/b", 3), Cancel);
        }
        await using (var database = await Open(folder))
            Assert.Equal(["n/b=3"], Objects.Show(database.Cluster("one").Resource("things").List(null, null, 0, null, null).Items));
    }

    [Fact]
    public async Task A_second_process_is_kept_out()
    {
        using var folder = new TemporaryFolder();
        await using (await Open(folder))
        {
            var refused = await Assert.ThrowsAsync<StorageOpenException>(() => Open(folder));
            Assert.Contains(folder.Path, refused.Message, StringComparison.Ordinal);
        }
        await using var again = await Open(folder);
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_files()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes");
            return;
        }
        using var parent = new TemporaryFolder();
        var folder = Path.Combine(parent.Path, "data");
        await using var database = await ObjectDatabase.OpenAsync(folder, new StorageOptions(), Cancel);
        await database.Cluster("one").Resource("secrets").CreateAsync(new("n", "a"), Objects.Of("n/a", 1), Cancel);
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(folder) & others);
        foreach (var file in (string[])["flotilla.db", "flotilla.db-wal"])
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(folder, file)) & others);
    }

    private static List<string> Dump(ObjectDatabase database) =>
    [
        .. from name in database.ClusterNames
           from resource in database.Cluster(name).Resources
           from obj in resource.List(null, null, 0, null, null).Items
           select $"{name} {resource.Name} {obj.Key} {obj.CreatedRevision} {System.Text.Encoding.UTF8.GetString(obj.Json.Span)}",
    ];

    private static Task<ObjectDatabase> Open(TemporaryFolder folder) => ObjectDatabase.OpenAsync(folder.Path, new StorageOptions(), Cancel);
}
