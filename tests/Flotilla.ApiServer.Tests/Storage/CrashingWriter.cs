using System.Globalization;
using Flotilla.ApiServer.Storage;

namespace Flotilla.ApiServer.Tests.Storage;

/// <summary>
/// The process that <see cref="KillTests"/> kills: several writers change objects of their own without end. Each says what
/// it is about to do (<c>try KEY VALUE</c>, value 0 for a delete) and that it was acknowledged (<c>done KEY VALUE REVISION</c>).
/// </summary>
internal static class CrashingWriter
{
    public const string Command = "crashing-writer";
    public const int Writers = 12;
    private const int KeysPerWriter = 4;

    public static async Task<int> RunAsync(string folder, string seed)
    {
        await using var database = await ObjectDatabase.OpenAsync(folder, new StorageOptions(), CancellationToken.None);
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        var start = int.Parse(seed, CultureInfo.InvariantCulture);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(() => WriteAsync(database, w, new Random(start + w), output))));
        return 0;
    }

    private static async Task WriteAsync(ObjectDatabase database, int writer, Random random, TextWriter output)
    {
        var store = database.Cluster($"cluster{writer % 3}").Resource("things");
        while (true)
        {
            var key = new ObjectKey($"w{writer}", $"k{random.Next(KeysPerWriter)}");
            var current = store.Get(key);
            var value = current is not null && random.Next(4) == 0 ? 0 : random.Next(1, int.MaxValue);
            output.WriteLine($"try {key} {value}");
            var obj = Objects.Of(key, value);
            obj["text"] = new string('x', random.Next(10) == 0 ? random.Next(100_000) : random.Next(2000));
            var written = (current, value) switch
            {
                (null, _) => await store.CreateAsync(key, obj, CancellationToken.None),
                (_, 0) => await store.DeleteAsync(key, current.Revision, null, CancellationToken.None),
                _ => await store.UpdateAsync(key, current.Revision, obj, CancellationToken.None),
            };
            output.WriteLine($"done {key} {value} {written.Revision}");
        }
    }
}
