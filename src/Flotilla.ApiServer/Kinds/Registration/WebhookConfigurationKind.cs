using System.Text.Json.Nodes;
using Flotilla.ApiServer.CustomResources;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Registration;

/// <summary>MutatingWebhookConfigurations and ValidatingWebhookConfigurations.</summary>
internal sealed class WebhookConfigurationKind(bool mutating) : BuiltInKind(KindTraits.Generation | KindTraits.ConditionalUpdate)
{
    private const int LongestTimeout = 30;
    private const string Versions = "v1, v1beta1";

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Whole;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, webhook) in obj.Each("webhooks"))
        {
            Webhook(problems, at, webhook);
            ReviewVersions(problems, at["admissionReviewVersions"], webhook);
            if (webhook.Text("name") is { Length: > 0 } name && !names.Add(name))
                problems.Duplicate(at["name"], name);
        }
    }

    private void Webhook(FieldProblems problems, FieldPath path, JsonNode? webhook)
    {
        FullName(problems, path["name"], webhook.Text("name"));
        foreach (var (at, rule) in webhook.Each("rules", path))
            AdmissionRules.Check(problems, at, rule);
        if (webhook.Has("failurePolicy"))
            problems.OneOf(path["failurePolicy"], webhook.Text("failurePolicy"), "Fail", "Ignore");
        if (webhook.Has("matchPolicy"))
            problems.OneOf(path["matchPolicy"], webhook.Text("matchPolicy"), "Equivalent", "Exact");
        if (!webhook.Has("sideEffects"))
            problems.Required(path["sideEffects"], "must specify one of None, NoneOnDryRun");
        else
            problems.OneOf(path["sideEffects"], webhook.Text("sideEffects"), "None", "NoneOnDryRun");
        if (webhook.Member("timeoutSeconds").AsInt64OrNull() is < 1 or > LongestTimeout)
            problems.Invalid(path["timeoutSeconds"], webhook.Member("timeoutSeconds"), $"the timeout value must be between 1 and {LongestTimeout} seconds");
        foreach (var selector in (ReadOnlySpan<string>)["namespaceSelector", "objectSelector"])
            LabelRules.Selector(problems, path[selector], webhook.Object(selector));
        if (mutating && webhook.Has("reinvocationPolicy"))
            problems.OneOf(path["reinvocationPolicy"], webhook.Text("reinvocationPolicy"), "IfNeeded", "Never");
        WebhookClient.Validate(problems, path["clientConfig"], webhook.Object("clientConfig") ?? []);
        AdmissionExpressions.Conditions(problems, path["matchConditions"], webhook, ofPolicy: false);
    }

    private static void FullName(FieldProblems problems, FieldPath path, string name)
    {
        var wrong = string.Join(',', Names.DnsSubdomainProblems(name));
        if (name.Length == 0)
            problems.Required(path);
        else if (wrong.Length > 0)
            problems.Invalid(path, name, wrong);
        else if (name.Split('.').Length < 3)
            problems.Invalid(path, name, "should be a domain with at least three segments separated by dots");
    }

    private static void ReviewVersions(FieldProblems problems, FieldPath path, JsonNode? webhook)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var versions = webhook.Texts("admissionReviewVersions").ToList();
        for (var i = 0; i < versions.Count; i++)
        {
            var (at, version) = (path[i], versions[i]);
            if (seen.Add(version))
                problems.Invalid(at, version, Names.Dns1035LabelProblems(version));
            else
                problems.Invalid(at, version, "duplicate version");
        }
        if (seen.Count == 0)
            problems.Required(path, "must specify one of " + Versions);
        else if (!seen.Contains("v1") && !seen.Contains("v1beta1"))
            problems.Invalid(path, webhook.Member("admissionReviewVersions"), "must include at least one of " + Versions);
    }
}
