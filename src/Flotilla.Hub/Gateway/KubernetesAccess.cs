using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Microsoft.AspNetCore.Http;

namespace Flotilla.Hub.Gateway;

/// <summary>What a request wants to do with one of our kinds.</summary>
internal readonly record struct AccessWish(string Verb, string Resource, string? Subresource, string Namespace, string? Name);

/// <summary>Asks the hub's Kubernetes API who a bearer token is and what they may do; answers are kept for a few seconds.</summary>
internal sealed class KubernetesAccess(KubernetesClient api, TimeProvider time)
{
    private const int MostAnswers = 4096;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);
    private static readonly ResourceReference TokenReviews = new("authentication.k8s.io", "v1", "tokenreviews", false, "TokenReview");
    private static readonly ResourceReference AccessReviews = new("authorization.k8s.io", "v1", "subjectaccessreviews", false, "SubjectAccessReview");

    private readonly ConcurrentDictionary<string, (JsonObject? User, DateTimeOffset Until)> users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Token, AccessWish Wish), (string? Refusal, DateTimeOffset Until)> answers = new();

    /// <summary>Returns when the bearer of the request's token may do it.</summary>
    /// <exception cref="ApiStatusException">401 or 403.</exception>
    public async Task DemandAsync(HttpContext http, AccessWish wish)
    {
        if (SiteAuthentication.BearerOf(http.Request) is not { Length: > 0 } token)
            throw ApiStatusException.Unauthorized();
        // Tokens themselves are not kept in memory for longer than their request.
        var id = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        var user = await UserAsync(id, token, http.RequestAborted) ?? throw ApiStatusException.Unauthorized();
        if (await RefusalAsync(id, user, wish, http.RequestAborted) is { } refusal)
            throw new ApiStatusException(new ApiStatus(403, "Forbidden", refusal) { Group = "flotilla.dev", Kind = wish.Resource, Name = wish.Name });
    }

    private async Task<JsonObject?> UserAsync(string id, string token, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (users.TryGetValue(id, out var known) && known.Until > now)
            return known.User;
        var review = await api.CreateAsync(
            TokenReviews, null,
            new JsonObject { ["apiVersion"] = "authentication.k8s.io/v1", ["kind"] = "TokenReview", ["spec"] = new JsonObject { ["token"] = token } },
            WriteOptions.Default, cancellation);
        var status = review.Object("status");
        var user = status.Member("authenticated").AsBoolOrNull() == true ? status.Object("user") : null;
        if (users.Count >= MostAnswers)
            users.Clear();
        users[id] = (user, now + Kept);
        return user;
    }

    private async Task<string?> RefusalAsync(string id, JsonObject user, AccessWish wish, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (answers.TryGetValue((id, wish), out var known) && known.Until > now)
            return known.Refusal;
        var attributes = new JsonObject { ["namespace"] = wish.Namespace, ["verb"] = wish.Verb, ["group"] = "flotilla.dev", ["resource"] = wish.Resource };
        if (wish.Subresource is not null)
            attributes["subresource"] = wish.Subresource;
        if (wish.Name is not null)
            attributes["name"] = wish.Name;
        var spec = new JsonObject { ["user"] = user.String("username"), ["resourceAttributes"] = attributes };
        foreach (var field in (string[])["uid", "groups", "extra"])
        {
            if (user.Member(field) is { } value)
                spec[field] = value.DeepClone();
        }
        var review = await api.CreateAsync(
            AccessReviews, null,
            new JsonObject { ["apiVersion"] = "authorization.k8s.io/v1", ["kind"] = "SubjectAccessReview", ["spec"] = spec },
            WriteOptions.Default, cancellation);
        var resource = wish.Subresource is null ? wish.Resource : $"{wish.Resource}/{wish.Subresource}";
        var refusal = review.Object("status").Member("allowed").AsBoolOrNull() == true
            ? null
            : $"{wish.Resource}.flotilla.dev is forbidden: User \"{user.String("username")}\" cannot {wish.Verb} resource \"{resource}\" in API group \"flotilla.dev\" in the namespace \"{wish.Namespace}\"";
        if (answers.Count >= MostAnswers)
            answers.Clear();
        answers[(id, wish)] = (refusal, now + Kept);
        return refusal;
    }
}
