using Flotilla.ApiServer.Authorization;
using Flotilla.ApiServer.Kinds;
using Flotilla.ApiServer.Requests;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.Authentication;

/// <summary>
/// Lets a user act as another. Constrained impersonation (KEP-5284: <c>impersonate:MODE</c> for the identity and
/// <c>impersonate-on:MODE:VERB</c> for what is done with it) is tried first, then the verb <c>impersonate</c> alone.
/// </summary>
internal static class Impersonation
{
    private const string AuthenticationGroup = "authentication.k8s.io";
    private const string NodePrefix = "system:node:";
    private const string NodesGroup = "system:nodes";
    private const string NodeName = "authentication.kubernetes.io/node-name";

    private enum Mode
    {
        AssociatedNode,
        ArbitraryNode,
        ServiceAccount,
        UserInfo,
        Legacy,
    }

    /// <summary>The user to go on with.</summary>
    /// <param name="requester">Who is authenticated.</param>
    /// <param name="wanted">Who is to be impersonated, from <see cref="ImpersonationHeaders.Read"/>.</param>
    /// <param name="request">What is done in the other's name.</param>
    /// <param name="authorizer">Access rules of the cluster that is asked.</param>
    /// <exception cref="ApiStatusException">403: the requester may not.</exception>
    public static UserInfo Authorize(UserInfo requester, UserInfo wanted, RequestInfo request, RbacAuthorizer authorizer)
    {
        ApiStatusException? first = null;
        foreach (var mode in Enum.GetValues<Mode>())
        {
            if (!Applies(mode, requester, wanted))
                continue;
            var refusal = new Check(mode, requester, authorizer).Refusal(wanted, request);
            if (refusal is null)
                return Complete(mode, wanted);
            first ??= refusal;
        }
        throw first!;
    }

    private static bool Applies(Mode mode, UserInfo requester, UserInfo wanted)
    {
        var nameOnly = wanted.Uid is null && wanted.Groups.Count == 0 && wanted.Extra.Count == 0;
        return mode switch
        {
            Mode.AssociatedNode => nameOnly
                && Node(wanted.Name) is { } node
                && ServiceAccountTokens.SplitUserName(requester.Name) is not null
                && requester.Extra.TryGetValue(NodeName, out var own) && own is [var name] && name == node,
            Mode.ArbitraryNode => nameOnly && Node(wanted.Name) is not null,
            Mode.ServiceAccount => nameOnly && ServiceAccountTokens.SplitUserName(wanted.Name) is not null,
            Mode.UserInfo => Node(wanted.Name) is null && ServiceAccountTokens.SplitUserName(wanted.Name) is null,
            _ => true,
        };
    }

    /// <summary>Adds the groups that follow from the name.</summary>
    private static UserInfo Complete(Mode mode, UserInfo wanted)
    {
        var groups = wanted.Groups;
        if (mode is Mode.AssociatedNode or Mode.ArbitraryNode)
            groups = [NodesGroup];
        else if (groups.Count == 0 && ServiceAccountTokens.SplitUserName(wanted.Name) is { } account)
            groups = ServiceAccountTokens.Groups(account.Namespace);
        if (wanted.Name == UserInfo.AnonymousName)
            groups = groups.Contains(UserInfo.Unauthenticated) ? groups : [.. groups, UserInfo.Unauthenticated];
        else if (!groups.Contains(UserInfo.Unauthenticated))
            groups = Authenticator.WithAuthenticated(groups);
        return wanted with { Groups = groups };
    }

    private static string? Node(string user) =>
        user.StartsWith(NodePrefix, StringComparison.Ordinal) && !Names.DnsSubdomainProblems(user[NodePrefix.Length..]).Any() ? user[NodePrefix.Length..] : null;

    /// <summary>The questions that one mode asks the rules; the first that is denied is the refusal.</summary>
    private readonly struct Check(Mode mode, UserInfo requester, RbacAuthorizer authorizer)
    {
        private bool IsConstrained => mode != Mode.Legacy;

        private string ModeName => mode switch
        {
            Mode.AssociatedNode => "associated-node",
            Mode.ArbitraryNode => "arbitrary-node",
            Mode.ServiceAccount => "serviceaccount",
            _ => "user-info",
        };

        private string Verb => IsConstrained ? $"impersonate:{ModeName}" : "impersonate";

        public ApiStatusException? Refusal(UserInfo wanted, RequestInfo request) =>
            (IsConstrained ? Ask(request with { Verb = $"impersonate-on:{ModeName}:{request.Verb}" }) : null)
            ?? Ask(NameQuestion(wanted.Name))
            ?? (wanted.Uid is null ? null : Ask(Question(AuthenticationGroup, "uids", wanted.Uid)))
            ?? GroupRefusal(wanted.Groups)
            ?? ExtraRefusal(wanted.Extra);

        private RequestInfo NameQuestion(string name)
        {
            var group = IsConstrained ? AuthenticationGroup : "";
            if (IsConstrained && Node(name) is { } node)
                return Question(group, "nodes", mode == Mode.AssociatedNode ? "*" : node);
            return ServiceAccountTokens.SplitUserName(name) is { } account
                ? Question(group, "serviceaccounts", account.Name) with { Namespace = account.Namespace }
                : Question(group, "users", name);
        }

        private ApiStatusException? GroupRefusal(IReadOnlyList<string> groups)
        {
            foreach (var name in groups)
            {
                var question = Question(IsConstrained ? AuthenticationGroup : "", "groups", name);
                if (IsConstrained && name.Length == 0)
                    return Forbidden.Of(requester, question, "impersonating the empty string group is not allowed");
                if (IsConstrained && name == UserInfo.Masters)
                    return Forbidden.Of(requester, question, "impersonating the system:masters group is not allowed");
                if (Ask(question) is { } refusal)
                    return refusal;
            }
            return null;
        }

        private ApiStatusException? ExtraRefusal(IReadOnlyDictionary<string, IReadOnlyList<string>> extra)
        {
            foreach (var (key, values) in extra)
            {
                var question = Question(AuthenticationGroup, "userextras", "") with { Subresource = key };
                if (IsConstrained && (key.Length == 0 || values.Contains("")))
                    return Forbidden.Of(requester, question, "impersonating the empty string in extra is not allowed");
                foreach (var value in values)
                {
                    if (Ask(question with { Name = value }) is { } refusal)
                        return refusal;
                }
            }
            return null;
        }

        private RequestInfo Question(string group, string resource, string name) => new()
        {
            IsResource = true,
            Path = "",
            Verb = Verb,
            Group = group,
            Version = "v1",
            Resource = resource,
            Name = name,
        };

        private ApiStatusException? Ask(RequestInfo question)
        {
            var decision = authorizer.Authorize(requester, question);
            return decision.Allowed ? null : Forbidden.Of(requester, question, decision.Reason);
        }
    }
}
