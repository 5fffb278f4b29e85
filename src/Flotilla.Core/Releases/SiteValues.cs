using System.Text.Json.Nodes;
using Flotilla.Core.Releases.Parameters;

namespace Flotilla.Core.Releases;

/// <summary>The values of one component's parameters at one site.</summary>
internal sealed class SiteValues(CompiledComponent component, SiteInputs site, ProblemList problems)
{
    private readonly Dictionary<string, BoundValue> known = new(StringComparer.Ordinal);
    private readonly SortedSet<string> hidden = new(StringComparer.Ordinal);

    /// <summary>Names of sealed values that were asked for.</summary>
    public IReadOnlyCollection<string> Sealed => hidden;

    /// <summary>The value of a parameter. What is wrong with it is told once; some value comes back all the same, so that all else is looked at.</summary>
    public BoundValue Of(string name)
    {
        if (!component.Parameters.IsOpen(name))
            return component.Parameters.Constant(name);
        if (!known.TryGetValue(name, out var value))
            known[name] = value = Read(name);
        hidden.UnionWith(value.Sealed);
        return value;
    }

    private BoundValue Read(string name)
    {
        var found = new List<string>();
        var before = problems.Count;
        var text = component.Parameters.Template(name).Fill(placeholder => Take(placeholder["site.".Length..], name, found));
        var type = component.Parameters.Find(name)!.Type;
        // A value that is missing is told of as such; its type does not matter then.
        if (problems.Count > before)
            return new BoundValue(text, JsonValue.Create(text), found);
        if (found.Count > 0 && type != "string")
            Tell($"spec.parameters[{found[0]}]", $"a sealed value cannot be the {type} {name} of {component.Use}", "give the parameter the type string");
        else if (ParameterType.TryRead(type, text, out var value) is not { } problem)
            return new BoundValue(text, value!, found);
        else
            Tell("spec.parameters", $"parameter {name} of {component.Use}: {problem}", $"let the site give a value of type {type}");
        return new BoundValue(text, JsonValue.Create(text), found);
    }

    private string Take(string placeholder, string parameter, List<string> found)
    {
        if (site.Find(placeholder) is not { } value)
        {
            Tell(FieldOf(placeholder), $"${{site.{placeholder}}} is not known, and parameter {parameter} of {component.Use} takes it", "add it to the site");
            return "";
        }
        if (value.IsSealed)
        {
            found.Add(value.Text);
            return SealedMarker.Of(value.Text);
        }
        if (SealedMarker.IsIn(value.Text))
            Tell(FieldOf(placeholder), SealedMarker.Reserved, "remove them");
        return value.Text;
    }

    private void Tell(string field, string message, string remedy) => problems.Add(new Place($"Site/{site.Name}", field).Stalled(message, remedy));

    private static string FieldOf(string placeholder) => placeholder switch
    {
        "country" or "timeZone" => "spec.location." + placeholder,
        "displayName" => "spec.displayName",
        _ when placeholder.StartsWith("labels.", StringComparison.Ordinal) => $"metadata.labels[{placeholder["labels.".Length..]}]",
        _ => $"spec.parameters[{placeholder}]",
    };
}
