namespace Flotilla.Bench;

internal static class Program
{
    private static readonly Dictionary<string, Func<CancellationToken, Task<MarkdownTable>>> Benches = new()
    {
        ["store"] = StoreBench.RunAsync,
    };

    public static async Task<int> Main(string[] args)
    {
        if (args is not [var name] || !Benches.TryGetValue(name, out var bench))
        {
            Console.Error.WriteLine($"usage: dotnet run -c Release --project bench/Flotilla.Bench -- {string.Join('|', Benches.Keys)}");
            return 2;
        }
        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            interrupted.Cancel();
        };
        Console.Out.Write(await bench(interrupted.Token));
        return 0;
    }
}
