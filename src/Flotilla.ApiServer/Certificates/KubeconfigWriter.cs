using System.Text;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.Certificates;

/// <summary>One user of a kubeconfig, known by a bearer token.</summary>
internal sealed record KubeconfigUser(string Name, string Token);

/// <summary>What a kubeconfig for a server says.</summary>
/// <param name="Server">The server's address, as <c>https://127.0.0.1:6443</c>.</param>
/// <param name="AuthorityPem">Certificates that the server's chain ends in, PEM.</param>
/// <param name="Users">At least one; contexts use the first.</param>
internal sealed record Kubeconfig(string Server, string AuthorityPem, IReadOnlyList<KubeconfigUser> Users)
{
    /// <summary>Name of the server's own cluster and its context, which is the current one.</summary>
    public string Name { get; init; } = "flotilla";

    /// <summary>Virtual clusters; each gets a cluster and a context of its name, served under <c>/clusters/NAME</c>.</summary>
    public IReadOnlyList<string> VirtualClusters { get; init; } = [];
}

/// <summary>Writes kubeconfig files that kubectl and client libraries take as they are.</summary>
internal static class KubeconfigWriter
{
    /// <summary>Puts the file in place at once, readable by its owner only; the folder is made when missing.</summary>
    public static void Write(string path, Kubeconfig config)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        PrivateFile.Replace(path, Format(config));
    }

    /// <summary>The file's text (YAML; names and tokens are quoted, so any text is fine).</summary>
    public static string Format(Kubeconfig config)
    {
        var authority = Convert.ToBase64String(Encoding.ASCII.GetBytes(config.AuthorityPem));
        var server = config.Server.TrimEnd('/');
        var yaml = new StringBuilder("apiVersion: v1\nkind: Config\nclusters:\n");
        AppendCluster(config.Name, server);
        foreach (var name in config.VirtualClusters)
            AppendCluster(name, $"{server}/clusters/{name}");

        yaml.Append("contexts:\n");
        AppendContext(config.Name);
        foreach (var name in config.VirtualClusters)
            AppendContext(name);
        yaml.Append("current-context: ").Append(FieldError.Quote(config.Name)).Append('\n');

        yaml.Append("users:\n");
        foreach (var user in config.Users)
        {
            yaml.Append("- name: ").Append(FieldError.Quote(user.Name)).Append('\n')
                .Append("  user:\n    token: ").Append(FieldError.Quote(user.Token)).Append('\n');
        }
        return yaml.ToString();

        void AppendCluster(string name, string address) => yaml
            .Append("- name: ").Append(FieldError.Quote(name)).Append('\n')
            .Append("  cluster:\n    server: ").Append(FieldError.Quote(address)).Append('\n')
            .Append("    certificate-authority-data: ").Append(authority).Append('\n');

        void AppendContext(string name) => yaml
            .Append("- name: ").Append(FieldError.Quote(name)).Append('\n')
            .Append("  context:\n    cluster: ").Append(FieldError.Quote(name)).Append('\n')
            .Append("    user: ").Append(FieldError.Quote(config.Users[0].Name)).Append('\n');
    }
}
