namespace Flotilla.Kubernetes.Client;

/// <summary>A resource of an API: enough to build its paths.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">As <c>v1</c>.</param>
/// <param name="Plural">The name in paths, as <c>deployments</c>.</param>
/// <param name="Namespaced">Whether its objects live in namespaces.</param>
/// <param name="Kind">As <c>Deployment</c>.</param>
public sealed record ResourceReference(string Group, string Version, string Plural, bool Namespaced, string Kind)
{
    /// <summary>As objects say it: <c>apps/v1</c>, <c>v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Plural and group, as <c>deployments.apps</c>.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The path of all objects, or of those in a namespace.</summary>
    /// <param name="ns">Null or empty for all namespaces; not looked at when the resource has none.</param>
    public string CollectionPath(string? ns)
    {
        var root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        return Namespaced && !string.IsNullOrEmpty(ns) ? $"{root}/namespaces/{Uri.EscapeDataString(ns)}/{Plural}" : $"{root}/{Plural}";
    }

    /// <summary>The path of one object, or of a subresource of it.</summary>
    /// <exception cref="ArgumentException">A namespaced resource needs a namespace; every object needs a name.</exception>
    public string ObjectPath(string? ns, string name, string? subresource = null)
    {
        // Dots alone would be taken for a way up the path.
        if (string.IsNullOrEmpty(name) || name is "." or "..")
            throw new ArgumentException($"an object of {QualifiedName} needs a name, \"{name}\" is none", nameof(name));
        if (Namespaced && string.IsNullOrEmpty(ns))
            throw new ArgumentException($"{QualifiedName} \"{name}\" needs a namespace", nameof(ns));
        var path = $"{CollectionPath(ns)}/{Uri.EscapeDataString(name)}";
        return string.IsNullOrEmpty(subresource) ? path : $"{path}/{subresource}";
    }

    /// <summary>The qualified name.</summary>
    public override string ToString() => QualifiedName;
}
