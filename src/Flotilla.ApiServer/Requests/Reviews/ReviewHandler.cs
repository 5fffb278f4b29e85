using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Resources;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Requests.Reviews;

/// <summary>Resources that are questions: a POST is answered at once and nothing is stored.</summary>
internal static class ReviewHandler
{
    private const string AuthorizationGroup = "authorization.k8s.io";

    /// <summary>Whether objects of the resource are answered rather than stored.</summary>
    public static bool Answers(ServedResource resource) => !resource.Serves("get") && !resource.Serves("list");

    public static async Task HandleAsync(ResourceRequest request)
    {
        var options = WriteOptions.Read(request.Http.Request, "CreateOptions");
        var review = await request.ReadObjectAsync(options);
        CreateOperation.PutIntoNamespace(request.Resource, review, request.Info.Namespace);
        switch (request.Resource.Type.Kind)
        {
            case "SelfSubjectAccessReview":
                AccessReview.Answer(request.Context, review, request.Context.User);
                break;
            case "SubjectAccessReview" or "LocalSubjectAccessReview":
                CheckNamespace(request, review);
                AccessReview.Answer(request.Context, review, Subject(review));
                break;
            case "SelfSubjectRulesReview":
                AccessReview.AnswerRules(request.Context, review);
                break;
            case "SelfSubjectReview":
                review["status"] = new JsonObject { ["userInfo"] = Show(request.Context.User) };
                ObjectMetadata.Of(review)["creationTimestamp"] = ObjectMetadata.Timestamp(request.Context.Now);
                break;
            case "TokenReview":
                AnswerToken(request, review);
                break;
            default:
                throw new ApiStatusException(new ApiStatus(501, "NotImplemented", $"{request.Resource.Qualified} is not served by an embedded API server"));
        }
        await request.Response.WriteObjectAsync(review, 201);
    }

    private static void CheckNamespace(ResourceRequest request, JsonObject review)
    {
        if (review.Object("spec").Object("resourceAttributes") is { } attributes && request.Resource.Type.Namespaced
            && attributes.String("namespace") is var asked && asked != request.Info.Namespace)
        {
            throw ApiStatusException.Invalid(AuthorizationGroup, "", "",
                [FieldError.Invalid("spec.resourceAttributes.namespace", asked ?? "", "must match metadata.namespace")]);
        }
    }

    private static UserInfo Subject(JsonObject review)
    {
        var spec = review.Object("spec");
        var name = spec.String("user") ?? "";
        string[] groups = [.. (spec.Array("groups") ?? []).Select(g => g.AsStringOrNull() ?? "")];
        if (name.Length == 0 && groups.Length == 0)
        {
            throw ApiStatusException.Invalid(AuthorizationGroup, "", "",
                [FieldError.Invalid("spec.user", name, "at least one of user or group must be specified")]);
        }
        return new UserInfo(name, groups) { Uid = spec.String("uid") };
    }

    private static void AnswerToken(ResourceRequest request, JsonObject review)
    {
        var token = review.Object("spec").String("token") ?? "";
        if (token.Length == 0)
            throw ApiStatusException.BadRequest("token is required for TokenReview in authentication");
        review["status"] = request.Context.Authenticator?.AuthenticateToken(token, request.Context.Cluster) is { } user
            ? new JsonObject { ["authenticated"] = true, ["user"] = Show(user) }
            : new JsonObject { ["user"] = new JsonObject(), ["error"] = "[invalid bearer token]" };
    }

    private static JsonObject Show(UserInfo user)
    {
        var shown = new JsonObject { ["username"] = user.Name };
        if (!string.IsNullOrEmpty(user.Uid))
            shown["uid"] = user.Uid;
        if (user.Groups.Count > 0)
            shown["groups"] = new JsonArray([.. user.Groups.Select(g => (JsonNode?)JsonValue.Create(g))]);
        if (user.Extra.Count > 0)
        {
            shown["extra"] = new JsonObject(user.Extra.Select(e =>
                KeyValuePair.Create(e.Key, (JsonNode?)new JsonArray([.. e.Value.Select(v => (JsonNode?)JsonValue.Create(v))]))));
        }
        return shown;
    }
}
