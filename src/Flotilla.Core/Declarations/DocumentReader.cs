using System.Text.Json.Nodes;
using Flotilla.Api.Definitions;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Text;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Core.Declarations;

/// <summary>Takes files apart into objects that have an identity.</summary>
internal sealed class DocumentReader(string defaultNamespace, List<Problem> problems)
{
    private static readonly Re2 ObjectName = Re2.Parse(TextForms.Of(TextForm.ObjectName).Pattern);
    private readonly List<Declared> found = [];

    /// <summary>All objects, ours and others, in order.</summary>
    public static List<Declared> Read(IEnumerable<DeclarationFile> files, string defaultNamespace, List<Problem> problems)
    {
        var reader = new DocumentReader(defaultNamespace, problems);
        foreach (var file in files)
            reader.Read(file);
        reader.FindDuplicates();
        return reader.found;
    }

    private void Read(DeclarationFile file)
    {
        void Add(int line, string message, string remedy) => problems.Add(new Problem(ProblemSeverity.Error, file.Name, line, "", "", message, remedy));
        try
        {
            var documents = YamlReader.ReadAll(file.Content.Span, twice =>
                Add(twice.Line, $"the key {twice.Key} stands twice in one mapping", "remove one of the two"));
            foreach (var document in documents)
                Flatten(new Declared(file.Name, document, "", document.Content as JsonObject ?? []), document.Content);
        }
        catch (YamlReadException e)
        {
            Add(e.Line, $"this is no YAML: {e.Problem}", "mend the text here or on the lines before; indentation counts");
        }
    }

    /// <summary>Lists are taken apart, as kubectl does.</summary>
    private void Flatten(Declared at, JsonNode? content)
    {
        if (content is not JsonObject obj)
        {
            problems.Add(at.Error("", "an object is expected here", "begin with apiVersion, kind and metadata; separate objects by ---"));
            return;
        }
        if (at.Kind == "List" && obj.Array("items") is { } items)
        {
            for (var i = 0; i < items.Count; i++)
                Flatten(at with { Path = $"{(at.Path.Length == 0 ? "" : at.Path + ".")}items[{i}]", Object = items[i] as JsonObject ?? [] }, items[i]);
            return;
        }
        if (Identify(at))
            found.Add(at);
    }

    private bool Identify(Declared declared)
    {
        var before = problems.Count;
        if (declared.ApiVersion.Length == 0)
            problems.Add(declared.Error("apiVersion", "is missing", $"add it, as apiVersion: {CustomResourceDefinitions.ApiVersion}"));
        if (declared.Kind.Length == 0)
            problems.Add(declared.Error("kind", "is missing", "add it, as kind: Stack"));
        else if (declared.ApiVersion.StartsWith(CustomResourceDefinitions.Group + "/", StringComparison.Ordinal) && !declared.IsOurs)
            problems.Add(Unknown(declared));
        if (declared.Name.Length == 0)
            problems.Add(declared.Error("metadata.name", "is missing", "give the object a name"));
        else if (declared.IsOurs && !ObjectName.IsMatch(declared.Name))
            problems.Add(declared.Error("metadata.name", $"{declared.Name} is no name", $"write {TextForms.Of(TextForm.ObjectName).Says}"));
        if (problems.Count > before)
            return false;
        if (declared.IsOurs && declared.Namespace.Length == 0)
            ((JsonObject)declared.Object["metadata"]!)["namespace"] = defaultNamespace;
        return true;
    }

    private static Problem Unknown(Declared declared)
    {
        if (CustomResourceDefinitions.Kinds.Any(kind => kind.Name == declared.Kind))
            return declared.Error("apiVersion", $"{declared.ApiVersion} is not known", $"write {CustomResourceDefinitions.ApiVersion}");
        var kinds = CustomResourceDefinitions.Kinds.Select(kind => kind.Name).ToList();
        return declared.Error("kind", $"there is no kind {declared.Kind} in {CustomResourceDefinitions.Group}", Nearest.Remedy(declared.Kind, kinds));
    }

    private void FindDuplicates()
    {
        var first = new Dictionary<string, Declared>(StringComparer.Ordinal);
        foreach (var declared in found)
        {
            var group = declared.ApiVersion.Split('/') is [var name, _] ? name : "";
            if (!first.TryAdd($"{group} {declared.Shown}", declared))
            {
                var other = first[$"{group} {declared.Shown}"];
                problems.Add(declared.Error("metadata.name", $"the object is declared already in {other.File}, line {other.LineOf("metadata.name")}", "remove one of the two, or give it another name"));
            }
        }
    }
}
