using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Kinds.Defaulting;

/// <summary>What is registered with the API server: webhooks, admission policies, aggregated APIs.</summary>
internal static class RegistrationDefaults
{
    public static readonly Dictionary<string, Action<JsonObject>> Rules = new()
    {
        ["api.admissionregistration.v1.ValidatingWebhook"] = Webhook,
        ["api.admissionregistration.v1.MutatingWebhook"] = webhook =>
        {
            Webhook(webhook);
            webhook.SetMissing("reinvocationPolicy", "Never");
        },
        ["api.admissionregistration.v1.RuleWithOperations"] = Rule,
        ["api.admissionregistration.v1.NamedRuleWithOperations"] = Rule,
        ["api.admissionregistration.v1.ServiceReference"] = Port,
        ["api.admissionregistration.v1.ValidatingAdmissionPolicySpec"] = FailurePolicy,
        ["api.admissionregistration.v1.MutatingAdmissionPolicySpec"] = FailurePolicy,
        ["api.admissionregistration.v1.MatchResources"] = Matching,
        ["kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference"] = Port,
    };

    private static void Webhook(JsonObject webhook)
    {
        FailurePolicy(webhook);
        Matching(webhook);
        webhook.SetMissing("timeoutSeconds", 10);
    }

    private static void FailurePolicy(JsonObject owner) => owner.SetMissing("failurePolicy", "Fail");

    private static void Matching(JsonObject owner)
    {
        owner.SetMissing("matchPolicy", "Equivalent");
        owner.SetMissing("namespaceSelector", () => new JsonObject());
        owner.SetMissing("objectSelector", () => new JsonObject());
    }

    private static void Rule(JsonObject rule) => rule.SetMissing("scope", "*");

    private static void Port(JsonObject reference) => reference.SetMissing("port", 443);
}
