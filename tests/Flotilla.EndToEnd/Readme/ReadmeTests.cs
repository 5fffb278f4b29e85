using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Readme;

public sealed class ReadmeTests
{
    [Fact]
    public void Only_shell_blocks_are_commands()
    {
        const string Markdown = """
            ```sh
            echo a
            ```
            ```yaml
            a: b
            ```
            ```sh
            echo b
            echo c
            ```
            """;
        Assert.Equal(["echo a\n", "echo b\necho c\n"], ReadmeCommands.Extract(Markdown));
    }

    [Fact]
    public async Task What_the_readme_says_works()
    {
        Assert.SkipUnless(Kubectl.IsInstalled, Kubectl.IsMissing);
        var readme = Path.Combine(Repository.Root, "README.md");
        Assert.True(File.Exists(readme), "there is no README.md");
        var scripts = ReadmeCommands.Extract(await File.ReadAllTextAsync(readme, TestContext.Current.CancellationToken));
        var folder = Directory.CreateTempSubdirectory("flotilla-readme");
        try
        {
            // In the checkout ./flotilla builds first; here it is built already.
            File.CreateSymbolicLink(Path.Combine(folder.FullName, "flotilla"), ServerProcess.Executable);
            File.CreateSymbolicLink(Path.Combine(folder.FullName, "samples"), Path.Combine(Repository.Root, "samples"));
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            cancellation.CancelAfter(TimeSpan.FromMinutes(8));
            var bash = new Tool("bash")
            {
                Folder = folder.FullName,
                Environment = new Dictionary<string, string?> { ["KUBECONFIG"] = null, ["KUBERC"] = "off", ["KUBECACHEDIR"] = Path.Combine(folder.FullName, "cache") },
            };
            // The first terminal of the reader, and the other one.
            var start = Assert.Single(scripts, IsServer);
            await using var server = bash.Run("-c", start);
            await server.LineAsync(line => line.StartsWith("Kubernetes API ", StringComparison.Ordinal), cancellation.Token);
            (await bash.RunAsync(cancellation.Token, "-c", "set -eu\n" + string.Concat(scripts.Where(s => !IsServer(s))))).MustSucceed();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool IsServer(string script) => script.StartsWith("./flotilla up", StringComparison.Ordinal);
}
