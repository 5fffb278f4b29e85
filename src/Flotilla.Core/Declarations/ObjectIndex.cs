using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Declarations;

/// <summary>Objects of our kinds by name: what is given, and what the hub has besides.</summary>
internal sealed class ObjectIndex
{
    private readonly SortedDictionary<(string Kind, string Namespace, string Name), JsonObject> objects = [];
    private readonly HashSet<(string, string, string)> given = [];

    public ObjectIndex(IEnumerable<JsonObject> known, IEnumerable<Declared> declared)
    {
        foreach (var obj in known)
            objects[(obj.String("kind") ?? "", obj.Object("metadata").String("namespace") ?? "", obj.Object("metadata").String("name") ?? "")] = obj;
        foreach (var one in declared.Where(d => d.IsOurs))
        {
            objects[(one.Kind, one.Namespace, one.Name)] = one.Object;
            given.Add((one.Kind, one.Namespace, one.Name));
        }
    }

    public JsonObject? Find(string kind, string ns, string name) => objects.GetValueOrDefault((kind, ns, name));

    public bool IsGiven(string kind, string ns, string name) => given.Contains((kind, ns, name));

    public IEnumerable<JsonObject> All(string kind, string ns) =>
        objects.Where(o => o.Key.Kind == kind && o.Key.Namespace == ns).Select(o => o.Value);

    /// <summary>What to do about a name that nothing has.</summary>
    public string Remedy(string kind, string ns, string name)
    {
        var names = All(kind, ns).Select(o => o.Object("metadata").String("name")!).ToList();
        if (names.Count > 0)
            return Nearest.Find(name, names) is { } meant ? $"did you mean {meant}?" : $"declare it, or use one of {string.Join(", ", names.Take(12))}";
        var elsewhere = objects.Keys.FirstOrDefault(key => key.Kind == kind && key.Name == name);
        return elsewhere.Namespace is { } other ? $"there is one in namespace {other}; objects use only those of their own namespace" : $"declare a {kind} named {name}";
    }
}
