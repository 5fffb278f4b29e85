using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Patches;

namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>
/// Asks the webhooks of one virtual cluster. Without configurations it costs the comparison of a number.
/// </summary>
internal sealed class WebhookAdmission(IWebhookSource source)
{
    private const string ExemptGroup = "admissionregistration.k8s.io";
    private volatile WebhookSet? mutating;
    private volatile WebhookSet? validating;

    /// <summary>
    /// Calls mutating webhooks one after the other, and once more those that want to see what later ones changed
    /// (<c>reinvocationPolicy: IfNeeded</c>). The object is changed in place.
    /// </summary>
    /// <exception cref="ApiStatusException">A webhook denied the request, or could not be asked and fails closed.</exception>
    /// <exception cref="OperationCanceledException">The request was given up.</exception>
    public async Task MutateAsync(AdmissionAttributes attributes, CancellationToken cancellation)
    {
        if (IsExempt(attributes) || Current(WebhookKind.Mutating).Hooks is not { Count: > 0 } hooks)
            return;
        var reinvocation = new Reinvocation();
        foreach (var hook in hooks)
        {
            if (hook.Matches(attributes, source, cancellation))
                await MutateAsync(hook, attributes, reinvocation, cancellation);
        }
        var again = reinvocation.NextRound();
        foreach (var hook in hooks)
        {
            if (again.Contains(hook.Id) && hook.Matches(attributes, source, cancellation))
                await MutateAsync(hook, attributes, reinvocation, cancellation);
        }
    }

    /// <summary>Calls validating webhooks side by side; the first in their order that refuses decides what the user is told.</summary>
    /// <exception cref="ApiStatusException">A webhook denied the request, or could not be asked and fails closed.</exception>
    /// <exception cref="OperationCanceledException">The request was given up.</exception>
    public async Task ValidateAsync(AdmissionAttributes attributes, CancellationToken cancellation)
    {
        if (IsExempt(attributes) || Current(WebhookKind.Validating).Hooks is not { Count: > 0 } hooks)
            return;
        var asked = new List<Webhook>();
        foreach (var hook in hooks)
        {
            if (hook.Matches(attributes, source, cancellation))
                asked.Add(hook);
        }
        var calls = asked.ConvertAll(hook => CallAsync(hook, attributes, isMutating: false, cancellation));
        Task all = Task.WhenAll(calls);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        foreach (var call in calls)
            await call;
    }

    private async Task MutateAsync(Webhook hook, AdmissionAttributes attributes, Reinvocation reinvocation, CancellationToken cancellation)
    {
        var answer = await CallAsync(hook, attributes, isMutating: true, cancellation);
        if (answer?.Patch is { } patch && Patch(hook, attributes, patch))
            reinvocation.Changed();
        if (hook.Reinvocable)
            reinvocation.Called(hook);
    }

    /// <summary>The answer of a webhook that allowed the request; null when it could not be asked and fails open.</summary>
    private async Task<WebhookAnswer?> CallAsync(Webhook hook, AdmissionAttributes attributes, bool isMutating, CancellationToken cancellation)
    {
        if (attributes.DryRun && !hook.AllowsDryRun)
            throw WebhookFailures.NoDryRun(hook.Name);
        WebhookAnswer answer;
        try
        {
            answer = await hook.AskAsync(attributes, isMutating, cancellation);
        }
        catch (WebhookCallException e)
        {
            return hook.FailsOpen ? null : throw WebhookFailures.CallFailed(hook.Name, e);
        }
        foreach (var warning in answer.Warnings)
            attributes.Warn(warning);
        return answer.Allowed ? answer : throw WebhookFailures.Denied(hook.Name, answer.Status);
    }

    /// <summary>Applies a patch; false when it changes nothing.</summary>
    private static bool Patch(Webhook hook, AdmissionAttributes attributes, byte[] text)
    {
        JsonNode? patch;
        try
        {
            patch = JsonText.Parse(text);
        }
        catch (JsonException e)
        {
            var failure = new WebhookCallException($"received undecodable patch in webhook response: {e.Message}", e);
            return hook.FailsOpen ? false : throw WebhookFailures.CallFailed(hook.Name, failure);
        }
        if (patch is JsonArray { Count: 0 } or null)
            return false;
        if (attributes.Object is not { } obj)
            throw WebhookFailures.NothingToPatch(hook.Name);

        JsonNode? patched;
        try
        {
            patched = JsonPatch.Apply(obj, patch);
        }
        catch (ApiStatusException e)
        {
            throw WebhookFailures.Internal(e.Message);
        }
        if (patched is not JsonObject result)
            throw WebhookFailures.Internal("the patched document is not an object");
        attributes.Decode(result);
        if (JsonNodeExtensions.DeepEquals(obj, result))
            return false;
        Replace(obj, result);
        return true;
    }

    private static void Replace(JsonObject target, JsonObject content)
    {
        target.Clear();
        foreach (var (key, value) in content.ToList())
        {
            content.Remove(key);
            target.Add(key, value);
        }
    }

    private WebhookSet Current(WebhookKind kind)
    {
        var version = source.Version(kind);
        var known = kind == WebhookKind.Mutating ? mutating : validating;
        if (known?.Version == version)
            return known;
        var set = new WebhookSet(version, source.Configurations(kind), source, known);
        return kind == WebhookKind.Mutating ? mutating = set : validating = set;
    }

    /// <summary>Webhooks cannot lock out their own configuration.</summary>
    private static bool IsExempt(AdmissionAttributes attributes) => attributes.Kind is
    {
        Group: ExemptGroup,
        Kind: "ValidatingWebhookConfiguration" or "MutatingWebhookConfiguration"
            or "ValidatingAdmissionPolicy" or "ValidatingAdmissionPolicyBinding" or "MutatingAdmissionPolicy" or "MutatingAdmissionPolicyBinding",
    };

    /// <summary>Which webhooks have not seen the last change: those that were called before the one that made it.</summary>
    private sealed class Reinvocation
    {
        private readonly HashSet<string> called = [];
        private readonly HashSet<string> wanted = [];

        public void Called(Webhook hook) => called.Add(hook.Id);

        public void Changed()
        {
            wanted.UnionWith(called);
            called.Clear();
        }

        public HashSet<string> NextRound() => [.. wanted];
    }
}
