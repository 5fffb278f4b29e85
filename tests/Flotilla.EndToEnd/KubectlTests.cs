using Flotilla.TestKit;

namespace Flotilla.EndToEnd;

/// <summary>Tests that speak to a virtual cluster of their own through kubectl.</summary>
public abstract class KubectlTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly CancellationTokenSource cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    protected KubectlTests(SharedServer server)
    {
        cancellation.CancelAfter(Patience);
        Server = server;
        Kubectl = server.NewCluster();
        Folder = Directory.CreateTempSubdirectory("flotilla-kubectl");
    }

    protected SharedServer Server { get; }

    protected Kubectl Kubectl { get; }

    /// <summary>A folder for the files of the test.</summary>
    protected DirectoryInfo Folder { get; }

    /// <summary>Ends what hangs, with the test that it hangs in.</summary>
    protected CancellationToken Cancellation => cancellation.Token;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        cancellation.Dispose();
        Folder.Delete(recursive: true);
    }

    /// <summary>Runs <c>kubectl COMMAND</c>, which must succeed; a blank inside '…' does not separate arguments.</summary>
    /// <returns>Its output without blanks around it.</returns>
    protected async Task<string> Does(string command, string input = "") =>
        (await Kubectl.RunAsync(input, Cancellation, Split(command))).Trim();

    /// <summary>Runs <c>kubectl COMMAND</c>, which must fail.</summary>
    /// <returns>Its error output.</returns>
    protected async Task<string> Refuses(string command, string input = "") =>
        (await Kubectl.TryAsync(input, Cancellation, Split(command))).MustFail();

    /// <summary>Runs <c>kubectl COMMAND</c> to its end, whatever that is.</summary>
    protected Task<ToolResult> Tries(string command, string input = "") => Kubectl.TryAsync(input, Cancellation, Split(command));

    /// <summary>Starts <c>kubectl COMMAND</c> and lets it run.</summary>
    protected RunningTool Starts(string command) => Kubectl.Start(Split(command));

    /// <summary>Writes a file into the folder of the test and returns its path.</summary>
    protected string Write(string name, string text)
    {
        var path = Path.Combine(Folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Words of a command line; '…' holds one together.</summary>
    private static string[] Split(string command)
    {
        var words = new List<string>();
        var quoted = false;
        var word = new System.Text.StringBuilder();
        var open = false;
        foreach (var c in command)
        {
            if (c == '\'')
            {
                quoted = !quoted;
                open = true;
            }
            else if (c is ' ' or '\n' or '\r' && !quoted)
            {
                if (open)
                    words.Add(word.ToString());
                word.Clear();
                open = false;
            }
            else
            {
                word.Append(c);
                open = true;
            }
        }
        if (open)
            words.Add(word.ToString());
        return [.. words];
    }
}
