namespace Flotilla.Kubernetes.Cel;

/// <summary>The values of variables for one evaluation or several.</summary>
public sealed class CelBindings
{
    private readonly List<(string Name, CelValue Value)> values = new(2);

    /// <summary>No variables.</summary>
    public static CelBindings Empty { get; } = new();

    /// <summary>Gives a variable a value and answers this.</summary>
    public CelBindings Set(string name, CelValue value)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Name == name)
            {
                values[i] = (name, value);
                return this;
            }
        }
        values.Add((name, value));
        return this;
    }

    internal CelValue Get(string name)
    {
        foreach (var (known, value) in values)
        {
            if (known == name)
                return value;
        }
        return CelValue.Error($"no such attribute(s): {name}");
    }
}
