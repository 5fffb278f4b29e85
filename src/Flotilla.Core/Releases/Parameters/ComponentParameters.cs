using Flotilla.Api.Components;

namespace Flotilla.Core.Releases.Parameters;

/// <summary>The parameters of one component in a stack: those with a value for all sites, and those that each site gives.</summary>
internal sealed class ComponentParameters
{
    private readonly Dictionary<string, ComponentParameter> declared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BoundValue> constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TextTemplate> open = new(StringComparer.Ordinal);

    /// <summary>Names whose values were refused; a problem is told already.</summary>
    private readonly HashSet<string> broken = new(StringComparer.Ordinal);

    public bool TryDeclare(ComponentParameter parameter) => declared.TryAdd(parameter.Name, parameter);

    public IEnumerable<ComponentParameter> Declared => declared.Values;

    public ComponentParameter? Find(string name) => declared.GetValueOrDefault(name);

    public bool HasValue(string name) => constants.ContainsKey(name) || open.ContainsKey(name) || broken.Contains(name);

    public void SetConstant(string name, BoundValue value) => constants[name] = value;

    public void SetOpen(string name, TextTemplate template) => open[name] = template;

    public void SetBroken(string name) => broken.Add(name);

    /// <summary>Whether the value is another one at each site.</summary>
    public bool IsOpen(string name) => open.ContainsKey(name);

    public TextTemplate Template(string name) => open[name];

    /// <summary>The value of a parameter that is the same everywhere.</summary>
    public BoundValue Constant(string name) => constants.GetValueOrDefault(name) ?? throw new TemplateException($"parameter {name} has no value");

    /// <summary>Why a placeholder cannot be used, or null.</summary>
    public (string Message, string Remedy)? ProblemOf(string name)
    {
        if (!declared.ContainsKey(name))
        {
            return name.StartsWith("site.", StringComparison.Ordinal)
                ? ($"${{{name}}} is used outside of a stack's values", "declare a parameter, use it here, and let the stack give it this value")
                : ($"unknown placeholder ${{{name}}}: this version has {Listed()}", $"declare the parameter {name}, or write $${{{name}}} if the text is meant as such");
        }
        return HasValue(name) ? null : ($"parameter {name} has neither a value nor a default", "give it a value in the stack, or a default in the component");
    }

    /// <summary>The names, for people.</summary>
    public string Listed() => declared.Count == 0 ? "no parameters" : "the parameters " + string.Join(", ", declared.Keys.Order(StringComparer.Ordinal));
}
