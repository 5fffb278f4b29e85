using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

/// <summary>A cluster, user or context of a kubeconfig, with where it stands.</summary>
/// <param name="File">The file; null for text that is in none.</param>
/// <param name="Field">As <c>users[0].user</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Body">What it says.</param>
internal sealed record KubeconfigEntry(string? File, string Field, string Name, JsonObject Body)
{
    /// <summary>As <c>/home/me/.kube/config: users[0].user.token</c>.</summary>
    public string Where(string key = "") => $"{File ?? "kubeconfig"}: {Field}{(key.Length > 0 ? "." + key : "")}";

    /// <summary>A text; null when absent or empty.</summary>
    public string? Text(string key)
    {
        var node = Body.Member(key);
        if (node is null)
            return null;
        var text = node.AsStringOrNull() ?? throw Wrong(key, "must be a string: put it in quotes");
        return text.Length == 0 ? null : text;
    }

    public bool Flag(string key) => Body.Member(key) is { } node && (node.AsBoolOrNull() ?? throw Wrong(key, "must be true or false"));

    public Uri? Address(string key, params ReadOnlySpan<string> schemes)
    {
        if (Text(key) is not { } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && schemes.Contains(address.Scheme))
            return address;
        throw Wrong(key, $"\"{text}\" is no address that begins with {string.Join(", ", schemes)}");
    }

    /// <summary>Text that stands here in base64 (<c>KEY-data</c>), or in a file beside the kubeconfig; null when neither is given.</summary>
    public string? Content(string key)
    {
        if (Text(key + "-data") is { } data)
        {
            try
            {
                return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException e)
            {
                throw Wrong(key + "-data", "is no base64; encode the PEM file with \"base64 -w0\"", e);
            }
        }
        if (Path(key) is not { } path)
            return null;
        try
        {
            return System.IO.File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong(key, $"{path} cannot be read ({e.Message}); correct the path or make the file readable", e);
        }
    }

    /// <summary>A path; relative ones begin at the kubeconfig's folder.</summary>
    public string? Path(string key) => Text(key) is { } path ? Rooted(path) : null;

    public string Rooted(string path) =>
        File is { } file ? System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(file)!) : System.IO.Path.GetFullPath(path);

    public EndpointException Wrong(string key, string why, Exception? inner = null) => new($"{Where(key)}: {why}", inner);
}
