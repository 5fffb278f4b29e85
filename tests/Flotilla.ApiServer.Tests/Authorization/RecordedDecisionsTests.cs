using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Authorization;
using Flotilla.ApiServer.Requests;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Tests.Authorization;

/// <summary>Who may do what, as a real server decided it: each recorded request is judged with the roles created so far.</summary>
public sealed class RecordedDecisionsTests
{
    private static readonly UserInfo Alice = new("alice", ["dev", UserInfo.Authenticated]);
    private static readonly UserInfo Administrator = new("admin", [UserInfo.Masters, UserInfo.Authenticated]);

    [Theory]
    [InlineData("b27-rbac", 8)]
    [InlineData("b29-access-reviews", 3)]
    [InlineData("b30-authentication", 8)]
    public void Refusals_are_the_recorded_ones(string name, int refusals)
    {
        Assert.SkipWhen(Repository.Shared is null, "the recorded conversations are not here");
        var text = File.ReadAllText(Path.Combine(Repository.Shared, "kubernetes", "transcripts", $"{name}.json"));
        var transcript = JsonNode.Parse(text)!;
        var objects = RbacObjects.WithDefaultPolicy();
        var authorizer = new RbacAuthorizer(objects);
        foreach (var step in Steps(transcript.Array("steps")!))
        {
            var run = transcript["vars"].String("run")!;
            var (expected, actual) = Judge(JsonNode.Parse(step.ToJsonString().Replace("${run}", run, StringComparison.Ordinal))!, objects, authorizer);
            Assert.Equal(expected, actual);
            refusals -= expected is null ? 0 : 1;
        }
        Assert.Equal(0, refusals);
    }

    private static (string? Expected, string? Actual) Judge(JsonNode step, RbacObjects objects, RbacAuthorizer authorizer)
    {
        var headers = step.Object("headers");
        var status = step["response"].Member("status").AsInt64OrNull();
        if (status == 401)
            return (null, null);
        var query = new QueryCollection((step.Object("query") ?? []).ToDictionary(q => q.Key, q => new Microsoft.Extensions.Primitives.StringValues(q.Value!.ToString())));
        var request = RequestInfoReader.Read(step.String("method")!, step.String("path")!, query);
        var user = step.String("user") switch
        {
            "alice" => Alice,
            "nobody" => UserInfo.Anonymous,
            _ => headers?.ContainsKey("Authorization") == true ? UserInfo.Anonymous : Administrator,
        };
        string? actual = null;
        try
        {
            var given = new HeaderDictionary();
            foreach (var (key, value) in headers ?? [])
                given[key] = value!.ToString();
            if (ImpersonationHeaders.Read(given) is { } wanted)
                user = Impersonation.Authorize(user, wanted, request, authorizer);
            var decision = authorizer.Authorize(user, request);
            if (!decision.Allowed)
                actual = Forbidden.Of(user, request, decision.Reason).Message;
        }
        catch (ApiStatusException e)
        {
            actual = e.Message;
        }
        if (status is 200 or 201)
            Record(step, request, objects);
        return (status == 403 ? step["response"]!["body"].String("message") : null, actual);
    }

    private static void Record(JsonNode step, RequestInfo request, RbacObjects objects)
    {
        RbacKind? kind = request.Resource switch
        {
            "roles" => RbacKind.Role,
            "rolebindings" => RbacKind.RoleBinding,
            "clusterroles" => RbacKind.ClusterRole,
            "clusterrolebindings" => RbacKind.ClusterRoleBinding,
            _ => null,
        };
        if (kind is { } known && request.Verb == "create")
            objects.Put(known, request.Namespace, (JsonObject)step["response"]!["body"]!.DeepClone());
        else if (kind is { } gone && request.Verb == "delete")
            objects.Remove(gone, request.Namespace, request.Name);
    }

    private static IEnumerable<JsonNode> Steps(JsonArray steps)
    {
        foreach (var step in steps)
        {
            yield return step!;
            foreach (var inner in Steps(step.Array("steps") ?? []))
                yield return inner;
        }
    }
}
