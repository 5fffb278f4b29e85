using System.Collections.Frozen;
using System.Text;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.OpenApi;

/// <summary>Names in OpenAPI documents: of types, operations and tags.</summary>
internal static class TypeNames
{
    public const string MetaPrefix = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    public const string ObjectMeta = MetaPrefix + "ObjectMeta";
    public const string ListMeta = MetaPrefix + "ListMeta";
    public const string Status = MetaPrefix + "Status";
    public const string Patch = MetaPrefix + "Patch";
    public const string DeleteOptions = MetaPrefix + "DeleteOptions";

    private static readonly Lazy<FrozenDictionary<(string Group, string Version, string Kind), string>> BuiltInByKind = new(() =>
    {
        var names = new Dictionary<(string, string, string), string>();
        foreach (var (name, type) in BuiltInTypes.Instance.Source)
        {
            foreach (var kind in type.Array("x-kubernetes-group-version-kind") ?? [])
                names[(kind.String("group")!, kind.String("version")!, kind.String("kind")!)] = name;
        }
        return names.ToFrozenDictionary();
    });

    /// <summary>The type of a built-in kind; null when there is none (as for the options of <c>exec</c>).</summary>
    public static string? BuiltIn(string group, string version, string kind) => BuiltInByKind.Value.GetValueOrDefault((group, version, kind));

    public static string Custom(ResourceType resource, string kind) =>
        $"{string.Join('.', resource.Group.Split('.').Reverse())}.{resource.Version}.{kind}";

    /// <summary>A group in the middle of an operation's name: <c>Core</c>, <c>RbacAuthorization</c>, <c>SamplesExampleCom</c>.</summary>
    public static string Operation(string group)
    {
        if (group.Length == 0)
            return "Core";
        var name = new StringBuilder();
        foreach (var part in WithoutKubernetes(group).Split('.', '-'))
            name.Append(Capitalised(part));
        return name.ToString();
    }

    /// <summary>The tag of an API version: <c>core_v1</c>, <c>rbacAuthorization_v1</c>.</summary>
    public static string Tag(string group, string version)
    {
        var name = Operation(group);
        return $"{char.ToLowerInvariant(name[0])}{name[1..]}_{version}";
    }

    public static string Capitalised(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string WithoutKubernetes(string group) => group.EndsWith(".k8s.io", StringComparison.Ordinal) ? group[..^".k8s.io".Length] : group;
}
