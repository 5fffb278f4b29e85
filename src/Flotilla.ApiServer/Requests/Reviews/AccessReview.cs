using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Resources;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Requests.Reviews;

/// <summary>Whether somebody may do something, and what somebody may do at all.</summary>
internal static class AccessReview
{
    private const string Group = "authorization.k8s.io";

    /// <summary>Fills the status of an access review of a user.</summary>
    /// <exception cref="ApiStatusException">422: the review asks about nothing, or about two things.</exception>
    public static void Answer(RequestContext context, JsonObject review, UserInfo user)
    {
        var spec = review.Object("spec");
        var resource = spec.Object("resourceAttributes");
        var path = spec.Object("nonResourceAttributes");
        if (resource is null == (path is null))
        {
            throw ApiStatusException.Invalid(Group, "", "", resource is null
                ? [FieldError.Invalid("spec.resourceAttributes", null, "exactly one of nonResourceAttributes or resourceAttributes must be specified")]
                : [FieldError.Invalid("spec.nonResourceAttributes", null, "cannot be specified in combination with resourceAttributes")]);
        }
        var decision = context.Cluster.Authorizer.Authorize(user, resource is not null ? AboutResource(resource) : AboutPath(path));
        var status = new JsonObject { ["allowed"] = decision.Allowed };
        if (decision.Reason.Length > 0)
            status["reason"] = decision.Reason;
        review["status"] = status;
    }

    /// <summary>Fills the status of a rules review of the one who asks.</summary>
    /// <exception cref="ApiStatusException">400: no namespace was named.</exception>
    public static void AnswerRules(RequestContext context, JsonObject review)
    {
        var ns = review.Object("spec").String("namespace") ?? "";
        if (ns.Length == 0)
            throw ApiStatusException.BadRequest("no namespace on request");
        var (rules, problems) = context.Cluster.Authorizer.RulesFor(context.User, ns);
        var status = new JsonObject
        {
            ["resourceRules"] = new JsonArray([.. rules.Where(r => r.Resources.Count > 0).Select(r => (JsonNode?)r.ToJson())]),
            ["nonResourceRules"] = new JsonArray([.. rules.Where(r => r.NonResourceUrls.Count > 0).Select(r => (JsonNode?)r.ToJson())]),
            ["incomplete"] = problems.Count > 0,
        };
        if (problems.Count > 0)
            status["evaluationError"] = string.Join(", ", problems);
        review["spec"] = new JsonObject();
        review["status"] = status;
    }

    private static RequestInfo AboutResource(JsonNode? resource) => new()
    {
        IsResource = true,
        Path = "",
        Verb = resource.String("verb") ?? "",
        Group = resource.String("group") ?? "",
        Version = resource.String("version") ?? "",
        Resource = resource.String("resource") ?? "",
        Subresource = resource.String("subresource") ?? "",
        Namespace = resource.String("namespace") ?? "",
        Name = resource.String("name") ?? "",
    };

    private static RequestInfo AboutPath(JsonNode? path) => new() { Path = path.String("path") ?? "", Verb = path.String("verb") ?? "" };
}
