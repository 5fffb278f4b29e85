using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authorization;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>One webhook of a configuration, read once. What is absent has its default.</summary>
internal sealed class Webhook
{
    private readonly LabelSelector namespaceSelector;
    private readonly LabelSelector objectSelector;
    private readonly WebhookRule[] rules;
    private readonly MatchConditions? conditions;
    private readonly string sideEffects;
    private readonly TimeSpan timeout;
    private readonly string? reviewVersion;
    private readonly WebhookClient? client;

    /// <param name="configuration">Name of the configuration.</param>
    /// <param name="hook">The entry of its <c>webhooks</c>.</param>
    /// <param name="client">Reaches the webhook; null when its address cannot be used.</param>
    public Webhook(string configuration, JsonObject hook, WebhookClient? client)
    {
        this.client = client;
        Name = hook.String("name") ?? "";
        Id = $"{configuration}/{Name}";
        FailsOpen = hook.String("failurePolicy") == "Ignore";
        Reinvocable = hook.String("reinvocationPolicy") == "IfNeeded";
        timeout = TimeSpan.FromSeconds(Math.Clamp(hook.Member("timeoutSeconds").AsInt64OrNull() ?? 10, 1, 30));
        reviewVersion = (hook.Array("admissionReviewVersions") ?? []).Select(v => v.AsStringOrNull()).FirstOrDefault(v => v is "v1" or "v1beta1");
        sideEffects = hook.String("sideEffects") ?? "";
        namespaceSelector = ReadSelector(hook, "namespaceSelector");
        objectSelector = ReadSelector(hook, "objectSelector");
        conditions = MatchConditions.Read(hook.Array("matchConditions"));
        rules = [.. (hook.Array("rules") ?? []).Select(r => new WebhookRule(r))];
    }

    public string Name { get; }

    /// <summary>Tells webhooks of a kind apart.</summary>
    public string Id { get; }

    /// <summary>Whether a failed call lets the request pass.</summary>
    public bool FailsOpen { get; }

    /// <summary>Whether a mutating webhook is called again when a later one changed the object.</summary>
    public bool Reinvocable { get; }

    /// <summary>Whether a dry run may call it.</summary>
    public bool AllowsDryRun => sideEffects is "None" or "NoneOnDryRun";

    /// <summary>Whether the webhook is for this request.</summary>
    /// <exception cref="ApiStatusException">
    /// 404: the selector needs the labels of a namespace that does not exist; 403: a match condition cannot be computed.
    /// </exception>
    public bool Matches(AdmissionAttributes attributes, IWebhookSource source, CancellationToken cancellation) =>
        MatchesRules(attributes)
        && MatchesObject(attributes)
        && MatchesNamespace(attributes, source)
        && (conditions is null || conditions.Hold(attributes, FailsOpen, cancellation));

    /// <summary>Sends a review and reads the answer.</summary>
    /// <exception cref="WebhookCallException">There is no answer, or none that is one.</exception>
    public async Task<WebhookAnswer> AskAsync(AdmissionAttributes attributes, bool isMutating, CancellationToken cancellation)
    {
        if (reviewVersion is null)
            throw new WebhookCallException("could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)");
        if (client is null)
            throw new WebhookCallException("could not get REST client: webhook configuration must have either service or URL");
        var uid = Guid.NewGuid().ToString();
        var review = WebhookReview.Write(reviewVersion, WebhookReview.Request(attributes, uid), attributes);
        return WebhookReview.Read(await client.PostAsync(review, timeout, cancellation), reviewVersion, uid, isMutating);
    }

    private bool MatchesRules(AdmissionAttributes attributes)
    {
        foreach (var rule in rules)
        {
            if (rule.Matches(attributes))
                return true;
        }
        return false;
    }

    private bool MatchesObject(AdmissionAttributes attributes)
    {
        return objectSelector.IsEverything || Selects(attributes.Object) || Selects(attributes.OldObject);

        bool Selects(JsonObject? obj) => obj is not null && objectSelector.Matches(obj.Object("metadata").Object("labels"));
    }

    private bool MatchesNamespace(AdmissionAttributes attributes, IWebhookSource source)
    {
        if (namespaceSelector.IsEverything || (attributes.Namespace.Length == 0 && !attributes.IsNamespace))
            return true;

        // The labels that a namespace is about to have count, not those that are stored.
        if (attributes.IsNamespace && attributes.Subresource.Length == 0 && attributes.Operation is AdmissionAttributes.Create or AdmissionAttributes.Update)
            return namespaceSelector.Matches(attributes.Object.Object("metadata").Object("labels"));
        var found = source.Namespace(attributes.Namespace)
            ?? throw ApiStatusException.NotFound("", "namespaces", attributes.Namespace);
        return namespaceSelector.Matches(found.Object("metadata").Object("labels"));
    }

    private static LabelSelector ReadSelector(JsonObject hook, string key) =>
        hook.Object(key) is { } selector ? StoredSelector.Read(selector) : LabelSelector.Everything;
}
