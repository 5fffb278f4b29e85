using Flotilla.ApiServer.Storage;

namespace Flotilla.ApiServer.Authorization;

/// <summary>Kinds of the group <c>rbac.authorization.k8s.io</c>.</summary>
internal enum RbacKind
{
    ClusterRole,
    ClusterRoleBinding,
    Role,
    RoleBinding,
}

/// <summary>
/// The RBAC objects of one virtual cluster, in memory. The authorizer keeps its own index per kind and namespace and asks
/// <see cref="Version"/> with each request, so that must be cheap.
/// </summary>
internal interface IRbacSource
{
    /// <summary>
    /// A number that changes whenever an object of the kind in the namespace does. It may change more often (a number for the whole kind
    /// is fine), never less.
    /// </summary>
    long Version(RbacKind kind, string ns);

    /// <summary>The objects as they are now, ordered by name. The namespace is empty for cluster-wide kinds.</summary>
    IReadOnlyList<StoredObject> List(RbacKind kind, string ns);
}
