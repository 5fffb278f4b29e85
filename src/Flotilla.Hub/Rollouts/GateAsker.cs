using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Core;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Hub.Rollouts;

/// <summary>Asks the webhooks of gates. Yes is 2xx and JSON with <c>allow: true</c>; everything else is no, and is asked again later.</summary>
/// <param name="answered">Told of fleets whose rollout has an answer.</param>
internal sealed class GateAsker(RolloutHooks hooks, GateBook book, Action<ObjectKey> answered, TimeProvider time)
{
    private const int LongestMessage = 512;

    public async Task<NextLook> AskAsync(GateAsked asked, CancellationToken cancellation)
    {
        var webhook = asked.Question.Webhook;
        var body = CanonicalJson.Write(new JsonObject
        {
            ["namespace"] = asked.Rollout.Namespace,
            ["fleet"] = asked.Fleet.Name,
            ["rollout"] = asked.Rollout.Name,
            ["gate"] = asked.Question.Gate,
            ["revision"] = asked.Revision,
        });
        GateAnswer answer;
        try
        {
            answer = Read(await hooks.PostAsync(asked.Rollout.Namespace, webhook.Url, webhook.Secret, body, "application/json", webhook.Timeout, cancellation), webhook.Url);
        }
        catch (RolloutHookException e)
        {
            answer = new GateAnswer(false, e.Message, time.GetUtcNow());
        }
        book.Put(asked.Rollout, asked.Question.Gate, answer);
        answered(asked.Fleet);
        return new NextLook.OnChange();
    }

    private GateAnswer Read(byte[] body, string url)
    {
        try
        {
            var said = JsonText.Parse(body) as JsonObject;
            var message = said.String("message") is { } text ? text.Length > LongestMessage ? text[..LongestMessage] + "…" : text : "";
            return said?["allow"] is JsonValue value && value.TryGetValue<bool>(out var allow) && allow
                ? new GateAnswer(true, $"{url} says yes{(message.Length > 0 ? ": " + message : ".")}", time.GetUtcNow())
                : new GateAnswer(false, message.Length > 0 ? message : "it says no.", time.GetUtcNow());
        }
        catch (JsonException)
        {
            return new GateAnswer(false, "its answer is no JSON.", time.GetUtcNow());
        }
    }
}
