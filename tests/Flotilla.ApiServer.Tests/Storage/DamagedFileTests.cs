using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Flotilla.ApiServer.Storage;
using Microsoft.Data.Sqlite;

namespace Flotilla.ApiServer.Tests.Storage;

/// <summary>What cannot be used is named, explained, and left exactly as it was.</summary>
public sealed class DamagedFileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Unusable => new()
    {
        { "empty", "damaged or not a database" },
        { "text", "damaged or not a database" },
        { "short header", "damaged or not a database" },
        { "other program", "a database of another program" },
        { "newer layout", "Use the newer version" },
        { "half of it", "damaged" },
        { "zeros after the header", "damaged" },
        { "log without database", "Put the database back" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task A_file_that_cannot_be_used_is_explained_and_left_alone(string what, string expected)
    {
        using var folder = new TemporaryFolder();
        await Fill(folder.Path, 50);
        Spoil(folder.Database, what);
        var before = Contents(folder.Path);
        var refused = await Assert.ThrowsAsync<StorageOpenException>(() => Open(folder.Path));
        Assert.Contains(folder.Database, refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Contents(folder.Path));
    }

    [Fact]
    public async Task Flipped_bytes_anywhere_are_found_or_harmless()
    {
        using var original = new TemporaryFolder();
        await Fill(original.Path, 50);
        var truth = await Dump(original.Path);
        var bytes = await File.ReadAllBytesAsync(original.Database, Cancel);
        var found = 0;
        await Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Int[1, 255], Gen.Int[1, 64]).SampleAsync(
            async (at, change, length) =>
            {
                using var folder = new TemporaryFolder();
                var spoilt = (byte[])bytes.Clone();
                for (var i = at; i < Math.Min(bytes.Length, at + length); i++)
                    spoilt[i] ^= (byte)change;
                await File.WriteAllBytesAsync(folder.Database, spoilt, Cancel);
                try
                {
                    Assert.Equal(truth, await Dump(folder.Path));
                }
                catch (StorageOpenException e)
                {
                    Interlocked.Increment(ref found);
                    Assert.Contains(folder.Database, e.Message, StringComparison.Ordinal);
                    Assert.Equal(SHA256.HashData(spoilt), SHA256.HashData(await File.ReadAllBytesAsync(folder.Database, Cancel)));
                }
            }, iter: 300);
        Assert.True(found > 150, $"only {found} of 300 were noticed");
    }

    [Fact]
    public async Task Flipped_bytes_in_the_log_never_lose_what_was_committed_long_before_the_crash()
    {
        using var original = new TemporaryFolder();
        var (database, log) = await FilesOfACrash(original, 60);
        const int untouched = 40;
        await Gen.Select(Gen.Int[0, log.Length - 1], Gen.Int[1, 255]).SampleAsync(
            async (at, change) =>
            {
                using var folder = new TemporaryFolder();
                var spoilt = (byte[])log.Clone();
                spoilt[at] ^= (byte)change;
                await File.WriteAllBytesAsync(folder.Database, database, Cancel);
                await File.WriteAllBytesAsync(folder.Database + "-wal", spoilt, Cancel);
                try
                {
                    Assert.True((await Dump(folder.Path)).Count >= untouched, "changes vanished without a word");
                }
                catch (StorageOpenException e)
                {
                    Assert.Contains(folder.Database, e.Message, StringComparison.Ordinal);
                    Assert.Equal(spoilt, await File.ReadAllBytesAsync(folder.Database + "-wal", Cancel));
                    Assert.Equal(database, await File.ReadAllBytesAsync(folder.Database, Cancel));
                }
            }, iter: 300);
    }

    [Fact]
    public async Task A_log_that_a_power_failure_cut_off_is_read_up_to_there()
    {
        using var original = new TemporaryFolder();
        var (database, log) = await FilesOfACrash(original, 30);
        await Gen.Int[0, log.Length].SampleAsync(
            async length =>
            {
                using var folder = new TemporaryFolder();
                await File.WriteAllBytesAsync(folder.Database, database, Cancel);
                await File.WriteAllBytesAsync(folder.Database + "-wal", log[..length], Cancel);
                var found = await Dump(folder.Path);
                Assert.Equal(Enumerable.Range(0, found.Count).Select(i => $"n/{i:D4}={i}"), found);
            }, iter: 100);
    }

    private static void Spoil(string path, string what)
    {
        var bytes = File.ReadAllBytes(path);
        switch (what)
        {
            case "empty":
                File.WriteAllBytes(path, []);
                break;
            case "text":
                File.WriteAllText(path, new string('x', 5000));
                break;
            case "short header":
                File.WriteAllBytes(path, bytes[..50]);
                break;
            case "other program":
                File.Delete(path);
                using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
                {
                    connection.Open();
                    using var command = connection.CreateCommand();
                    command.CommandText = "CREATE TABLE recipes (name TEXT)";
                    command.ExecuteNonQuery();
                }
                break;
            case "newer layout":
                bytes[63]++;
                File.WriteAllBytes(path, bytes);
                break;
            case "half of it":
                File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
                break;
            case "zeros after the header":
                bytes.AsSpan(4096).Clear();
                File.WriteAllBytes(path, bytes);
                break;
            case "log without database":
                File.Delete(path);
                File.WriteAllText(path + "-wal", "x");
                break;
            default:
                throw new ArgumentException(what);
        }
    }

    /// <summary>Database and log as they lie there while the process runs, one commit for each object.</summary>
    private static async Task<(byte[] Database, byte[] Log)> FilesOfACrash(TemporaryFolder folder, int count)
    {
        await using var database = await Open(folder.Path);
        await Create(database, count);
        return (await Read(folder.Database), await Read(folder.Database + "-wal"));

        static async Task<byte[]> Read(string path)
        {
            // SQLite's lock is of no concern here; File.ReadAllBytes would heed it.
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[file.Length];
            await file.ReadExactlyAsync(bytes, Cancel);
            return bytes;
        }
    }

    private static async Task Fill(string folder, int count)
    {
        await using var database = await Open(folder);
        await Create(database, count);
    }

    private static async Task Create(ObjectDatabase database, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var key = new ObjectKey("n", $"{i:D4}");
            var obj = Objects.Of(key, i);
            obj["text"] = new string((char)('a' + (i % 26)), 1000);
            await database.Cluster("c").Resource("things").CreateAsync(key, obj, Cancel);
        }
    }

    private static async Task<List<string>> Dump(string folder)
    {
        await using var database = await Open(folder);
        return [.. Objects.Show(database.Cluster("c").Resource("things").List(null, null, 0, null, null).Items)];
    }

    private static string Contents(string folder)
    {
        var text = new StringBuilder();
        foreach (var file in Directory.GetFiles(folder).Order().Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
            text.AppendLine($"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}");
        return text.ToString();
    }

    private static Task<ObjectDatabase> Open(string folder) => ObjectDatabase.OpenAsync(folder, new StorageOptions(), Cancel);
}
