using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.ApiServer.Tests.Kinds;

/// <summary>Requests and answers recorded from a real kube-apiserver.</summary>
internal static partial class Transcripts
{
    public const string Missing = "the recorded transcripts are not beside this checkout";

    public static string? Folder { get; } = Repository.Shared is { } shared ? Path.Combine(shared, "kubernetes", "transcripts") : null;

    /// <summary>All steps of the files whose name starts so; variables of the request have the values of the recording.</summary>
    public static IEnumerable<Step> Steps(string prefix = "")
    {
        foreach (var file in Directory.GetFiles(Folder!, prefix + "*.json").Order(StringComparer.Ordinal))
        {
            var scenario = JsonText.Parse(File.ReadAllBytes(file));
            var variables = scenario.Object("vars") ?? [];
            var index = 0;
            foreach (var step in scenario.Array("steps")!)
            {
                var body = Variable().Replace(step.Member("body")?.ToJsonString() ?? "null", match => variables.String(match.Groups[1].Value) ?? match.Value);
                yield return new Step(
                    $"{Path.GetFileNameWithoutExtension(file)} {index++}: {step.String("name")}",
                    step.String("method") ?? "GET",
                    Variable().Replace(step.String("path")!, match => variables.String(match.Groups[1].Value) ?? match.Value),
                    step.String("contentType") ?? "application/json",
                    JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(body)),
                    (int)(step.Object("response").Member("status").AsInt64OrNull() ?? 0),
                    step.Object("response").Object("body"));
            }
        }
    }

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Variable();

    public sealed record Step(string Name, string Method, string Path, string ContentType, JsonNode? Body, int Status, JsonObject? Answer);
}
