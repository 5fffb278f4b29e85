using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Requests;

namespace Flotilla.ApiServer.Resources;

/// <summary>Who does something in which cluster, and where warnings go.</summary>
internal sealed record RequestContext(VirtualCluster Cluster, UserInfo User, Warnings Warnings, CancellationToken Cancellation)
{
    /// <summary>Knows the users; null when the server itself acts.</summary>
    public Authenticator? Authenticator { get; init; }

    /// <summary>The server stops: what has no end by itself ends now.</summary>
    public CancellationToken Stopping { get; init; }

    public DateTimeOffset Now => Cluster.Time.GetUtcNow();

    /// <summary>The server itself acting, as its controllers do.</summary>
    public static RequestContext OfServer(VirtualCluster cluster, string user, CancellationToken cancellation) =>
        new(cluster, new UserInfo(user, [UserInfo.Masters, UserInfo.Authenticated]), new Warnings(), cancellation);
}
