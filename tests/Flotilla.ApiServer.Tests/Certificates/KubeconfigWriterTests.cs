using System.Diagnostics;
using Flotilla.ApiServer.Certificates;

namespace Flotilla.ApiServer.Tests.Certificates;

public sealed class KubeconfigWriterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("flotilla-kubeconfig").FullName;

    private static Kubeconfig Sample => new("https://127.0.0.1:6443/", "-----BEGIN CERTIFICATE-----\n", [new("kubernetes-admin", "to\"ken"), new("alice", "yes")])
    {
        VirtualClusters = ["site-1", "123"],
    };

    [Fact]
    public void Each_virtual_cluster_has_a_context_of_its_name()
    {
        Assert.Equal(
            """
            apiVersion: v1
            kind: Config
            clusters:
            - name: "flotilla"
              cluster:
                server: "https://127.0.0.1:6443"
                certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==
            - name: "site-1"
              cluster:
                server: "https://127.0.0.1:6443/clusters/site-1"
                certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==
            - name: "123"
              cluster:
                server: "https://127.0.0.1:6443/clusters/123"
                certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==
            contexts:
            - name: "flotilla"
              context:
                cluster: "flotilla"
                user: "kubernetes-admin"
            - name: "site-1"
              context:
                cluster: "site-1"
                user: "kubernetes-admin"
            - name: "123"
              context:
                cluster: "123"
                user: "kubernetes-admin"
            current-context: "flotilla"
            users:
            - name: "kubernetes-admin"
              user:
                token: "to\"ken"
            - name: "alice"
              user:
                token: "yes"

            """,
            KubeconfigWriter.Format(Sample));
    }

    [Fact]
    public void The_file_replaces_an_older_one_and_is_private()
    {
        var path = Path.Combine(folder, "sub", "config");
        KubeconfigWriter.Write(path, Sample with { Server = "https://old" });
        KubeconfigWriter.Write(path, Sample);
        Assert.Equal(KubeconfigWriter.Format(Sample), File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task Kubectl_reads_it()
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/kubectl"), "no kubectl here");
        var path = Path.Combine(folder, "config");
        KubeconfigWriter.Write(path, Sample);
        var start = new ProcessStartInfo("/usr/bin/kubectl", ["--kubeconfig", path, "config", "get-contexts", "-o", "name"]) { RedirectStandardOutput = true };
        using var kubectl = Process.Start(start)!;
        var output = await kubectl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await kubectl.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["123", "flotilla", "site-1"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
