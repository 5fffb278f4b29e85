using System.Diagnostics;
using System.Globalization;
using Flotilla.ApiServer.Storage;

namespace Flotilla.ApiServer.Tests.Storage;

public sealed class KillTests
{
    private const int Kills = 12;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_any_moment_no_acknowledged_write_is_missing()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(20260101);
        // What a key held when it was acknowledged last, and what was being written to it when the process died.
        var acknowledged = new Dictionary<string, long>();
        long revision = 1;
        for (var round = 0; round < Kills; round++)
        {
            var unanswered = new Dictionary<string, long>();
            foreach (var line in await RunAndKill(folder.Path, round * 100, random.Next(1, 1500)))
            {
                var words = line.Split(' ');
                var (key, value) = (words[1], long.Parse(words[2], CultureInfo.InvariantCulture));
                if (words[0] == "try")
                {
                    unanswered[key] = value;
                    continue;
                }
                unanswered.Remove(key);
                acknowledged[key] = value;
                revision = Math.Max(revision, long.Parse(words[3], CultureInfo.InvariantCulture));
            }
            Assert.True(unanswered.Count <= CrashingWriter.Writers);
            var found = await Read(folder.Path, revision);
            foreach (var key in acknowledged.Keys.Union(found.Keys).Union(unanswered.Keys))
            {
                var value = found.GetValueOrDefault(key);
                Assert.True(
                    value == acknowledged.GetValueOrDefault(key) || unanswered.TryGetValue(key, out var tried) && value == tried,
                    $"round {round}: {key} is {value}, acknowledged was {acknowledged.GetValueOrDefault(key)}");
                acknowledged[key] = value;
            }
        }
    }

    /// <summary>Lets the process write until it has acknowledged so many writes, kills it, and gives all that it had said.</summary>
    private static async Task<List<string>> RunAndKill(string folder, int seed, int writes)
    {
        using var process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, [CrashingWriter.Command, folder, seed.ToString(CultureInfo.InvariantCulture)])
        { RedirectStandardOutput = true })!;
        var lines = new List<string>();
        try
        {
            while (await process.StandardOutput.ReadLineAsync(Cancel) is { } line)
            {
                lines.Add(line);
                if (line.StartsWith("done", StringComparison.Ordinal) && --writes == 0)
                    process.Kill();
            }
        }
        finally
        {
            process.Kill();
        }
        await process.WaitForExitAsync(Cancel);
        Assert.True(writes <= 0, "the process ended by itself");
        // The last line may be cut off; then its write was not acknowledged.
        if (lines[^1].Split(' ') is not ["try", _, _] and not ["done", _, _, _])
            lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    private static async Task<Dictionary<string, long>> Read(string folder, long revision)
    {
        await using var database = await ObjectDatabase.OpenAsync(folder, new StorageOptions(), Cancel);
        Assert.True(database.Revision >= revision, $"the database is at {database.Revision}, {revision} was acknowledged");
        return database.ClusterNames
            .SelectMany(name => database.Cluster(name).Resource("things").List(null, null, 0, null, null).Items)
            .ToDictionary(o => o.Key.ToString(), Objects.Value);
    }
}
