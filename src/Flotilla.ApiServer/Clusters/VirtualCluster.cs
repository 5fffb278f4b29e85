using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Admission;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Authorization;
using Flotilla.ApiServer.CustomResources;
using Flotilla.ApiServer.Discovery;
using Flotilla.ApiServer.Lifecycle;
using Flotilla.ApiServer.OpenApi;
using Flotilla.ApiServer.Resources;
using Flotilla.ApiServer.Storage;

namespace Flotilla.ApiServer.Clusters;

/// <summary>
/// One isolated Kubernetes API: objects, custom resources and rules of access of its own. Costs next to nothing while it
/// is idle: no thread, no timer, no channel; all work is done by requests and by the process-wide control loop.
/// </summary>
internal sealed class VirtualCluster : IServiceAccountSource, IRbacSource
{
    private const string MainIssuer = "https://kubernetes.default.svc.cluster.local";
    private readonly ObjectDatabase database;
    private CachedDiscovery? discovery;
    private CachedOpenApi? openApi;
    private readonly FrozenDictionary<string, ClusterBehaviour> behaviours;

    public VirtualCluster(string name, ObjectDatabase database, TimeProvider time)
    {
        Name = name;
        this.database = database;
        Time = time;
        Store = database.Cluster(name);
        Catalog = new ResourceCatalog();
        Authorizer = new RbacAuthorizer(this);
        Admission = new AdmissionChain(this);
        behaviours = ClusterBehaviour.All(this).ToFrozenDictionary(b => b.GroupResource);
    }

    public string Name { get; }

    public TimeProvider Time { get; }

    public ClusterStore Store { get; }

    /// <summary>What this cluster serves.</summary>
    public ResourceCatalog Catalog { get; }

    public AdmissionChain Admission { get; }

    public RbacAuthorizer Authorizer { get; }

    /// <summary>What discovery tells; made anew when a CRD changed.</summary>
    public DiscoveryDocuments Discovery
    {
        get
        {
            var generation = Catalog.Generation;
            if (discovery is { } known && known.Generation == generation)
                return known.Documents;
            var documents = DiscoveryDocuments.With([.. Catalog.Custom.Select(r => r.Type)]);
            discovery = new CachedDiscovery(generation, documents);
            return documents;
        }
    }

    /// <summary>What OpenAPI tells; made anew when a CRD changed.</summary>
    public OpenApiDocuments OpenApi
    {
        get
        {
            var generation = Catalog.Generation;
            if (openApi is { } known && known.Generation == generation)
                return known.Documents;
            var documents = OpenApiDocuments.With([.. Catalog.Custom.OfType<CustomResource>().Select(r => r.Kind.OpenApiType)]);
            openApi = new CachedOpenApi(generation, documents);
            return documents;
        }
    }

    /// <summary>The newest revision.</summary>
    public long Revision => database.Revision;

    /// <summary>Whether a revision that a client names exists; never denies one that a read has shown.</summary>
    public bool Reaches(long wanted) => database.Reaches(wanted);

    string IServiceAccountSource.Issuer => Name.Length == 0 ? MainIssuer : $"{MainIssuer}/clusters/{Name}";

    /// <summary>Whether a namespace is being deleted (or has gone).</summary>
    public bool IsTerminating(string ns) =>
        Store.Resource("namespaces").Get(new ObjectKey("", ns)) is not { } found || ObjectMetadata.IsBeingDeleted(found.Parse());

    JsonObject? IServiceAccountSource.Find(string resource, string ns, string name) =>
        Store.Resource(resource).Get(new ObjectKey(resource == "nodes" ? "" : ns, name))?.Parse();

    long IRbacSource.Version(RbacKind kind, string ns) => Rbac(kind).LastChange;

    IReadOnlyList<StoredObject> IRbacSource.List(RbacKind kind, string ns) =>
        Rbac(kind).List(ns, null, 0, null, null).Items;

    private ResourceStore Rbac(RbacKind kind) => Store.Resource(kind switch
    {
        RbacKind.ClusterRole => "clusterroles.rbac.authorization.k8s.io",
        RbacKind.ClusterRoleBinding => "clusterrolebindings.rbac.authorization.k8s.io",
        RbacKind.Role => "roles.rbac.authorization.k8s.io",
        _ => "rolebindings.rbac.authorization.k8s.io",
    });

    /// <summary>What a kind does beyond its own object; null for most.</summary>
    public ClusterBehaviour? BehaviourOf(ServedResource resource) => behaviours.GetValueOrDefault(resource.Qualified);

    private sealed record CachedDiscovery(long Generation, DiscoveryDocuments Documents);

    private sealed record CachedOpenApi(long Generation, OpenApiDocuments Documents);
}
