using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;
using Flotilla.TestKit.Http;

namespace Flotilla.ApiServer.Tests.Faults;

/// <summary>Requests that make sense one after the other; <c>${run}</c> in them becomes unique.</summary>
internal sealed record Conversation(string Name, IReadOnlyList<ConversationStep> Steps)
{
    /// <summary>The recorded conversations (when they are at hand) and our own.</summary>
    public static IReadOnlyList<Conversation> All() => [.. OwnConversations.All, .. Recorded()];

    private static IEnumerable<Conversation> Recorded()
    {
        if (Repository.Shared is null)
            yield break;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Shared, "kubernetes", "transcripts"), "*.json").Order(StringComparer.Ordinal))
        {
            var transcript = JsonText.Parse(File.ReadAllBytes(file))!;
            IEnumerable<JsonNode?> steps = [.. transcript.Array("steps") ?? [], .. transcript.Array("cleanup") ?? []];
            yield return new Conversation(Path.GetFileNameWithoutExtension(file), [.. steps.Select(s => ConversationStep.Of((JsonObject)s!))]);
        }
    }
}

/// <summary>One request of a conversation.</summary>
internal sealed record ConversationStep(string Method, string Path)
{
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public string? Body { get; init; }

    /// <summary>Variables to take from the answer, by the path of the value in it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Save { get; init; } = [];

    public static ConversationStep Of(JsonObject step)
    {
        var body = step.String("rawBody") ?? step.Member("body")?.ToJsonString();
        var headers = new List<KeyValuePair<string, string>> { new("Accept", step.String("accept") ?? "application/json"), new("User-Agent", "replay/1.0") };
        if (body is not null)
            headers.Add(new("Content-Type", step.String("contentType") ?? "application/json"));
        headers.Add(new("Authorization", step.String("user") is { } user ? $"Bearer {user}token" : "Bearer T"));
        headers.AddRange(Pairs(step.Object("headers")));
        return new ConversationStep(step.String("method") ?? "GET", step.String("path")!)
        {
            Query = [.. Pairs(step.Object("query"))],
            Headers = headers,
            Body = body,
            Save = [.. Pairs(step.Object("save"))],
        };
    }

    public RawRequest ToRequest(IReadOnlyDictionary<string, string> variables)
    {
        var query = string.Join('&', Query.Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(Fill(q.Value, variables))}"));
        var target = Fill(Path, variables) + (query.Length > 0 ? "?" + query : "");
        return new RawRequest(Method, target, Headers, Body is null ? null : Encoding.UTF8.GetBytes(Fill(Body, variables)));
    }

    private static string Fill(string text, IReadOnlyDictionary<string, string> variables)
    {
        foreach (var (name, value) in variables)
            text = text.Replace($"${{{name}}}", value, StringComparison.Ordinal);
        return text;
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(JsonObject? map) =>
        (map ?? []).Select(p => new KeyValuePair<string, string>(p.Key, p.Value.AsStringOrNull() ?? p.Value?.ToJsonString() ?? ""));
}
