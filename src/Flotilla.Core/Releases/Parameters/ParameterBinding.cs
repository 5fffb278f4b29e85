using Flotilla.Api.Components;
using Flotilla.Api.Stacks;

namespace Flotilla.Core.Releases.Parameters;

/// <summary>Brings a version's parameters and a stack's values together.</summary>
internal static class ParameterBinding
{
    public static ComponentParameters Read(ComponentUse use, ProblemList problems)
    {
        var parameters = new ComponentParameters();
        for (var i = 0; i < use.Version.Parameters.Count; i++)
            Declare(use.Version.Parameters[i], use.VersionPlace.At($"parameters[{i}]"), parameters, problems);
        for (var i = 0; i < use.Use.Values.Count; i++)
            Give(use.Use.Values[i], use.Place.At($"values[{i}]"), use, parameters, problems);
        foreach (var parameter in parameters.Declared)
        {
            if (parameters.HasValue(parameter.Name))
                continue;
            if (parameter.Required)
                problems.Add(use.Place.At("values").Stalled($"{use} needs a value for {parameter.Name}", $"add {{name: {parameter.Name}, value: …}}"));
            if (parameter.Default is { } text)
                SetConstant(parameter, text, use.VersionPlace.At($"parameters[{IndexOf(use, parameter)}].default"), parameters, problems);
        }
        return parameters;
    }

    private static void Declare(ComponentParameter parameter, Place place, ComponentParameters parameters, ProblemList problems)
    {
        if (!ParameterType.IsKnown(parameter.Type))
            problems.Add(place.At("type").Stalled($"\"{parameter.Type}\" is no type", "use string, integer, number or boolean"));
        if (!parameters.TryDeclare(parameter))
            problems.Add(place.At("name").Stalled($"parameter {parameter.Name} is declared twice", "remove one"));
    }

    private static void Give(ParameterValue value, Place place, ComponentUse use, ComponentParameters parameters, ProblemList problems)
    {
        if (parameters.Find(value.Name) is not { } parameter)
        {
            problems.Add(place.At("name").Stalled($"{use} has no parameter {value.Name}: it has {parameters.Listed()}", "mend the name, or declare the parameter"));
            return;
        }
        if (parameters.HasValue(value.Name))
        {
            problems.Add(place.At("name").Stalled($"parameter {value.Name} is given twice", "remove one"));
            return;
        }
        place = place.At("value");
        if (TextTemplate.TryRead(value.Value, out var template) is { } problem)
            problems.Add(place.Stalled(problem, "write $$ for a dollar that is meant as such"));
        else if (template.Names.FirstOrDefault(n => !n.StartsWith("site.", StringComparison.Ordinal) || n.Length == "site.".Length) is { } unknown)
            problems.Add(place.Stalled($"unknown placeholder ${{{unknown}}}", "values of a stack may use ${site.NAME}; write $$ for a dollar that is meant as such"));
        else if (SealedMarker.IsIn(value.Value))
            problems.Add(place.Stalled(SealedMarker.Reserved, "remove them"));
        else if (template.Names.Any())
        {
            parameters.SetOpen(value.Name, template);
            return;
        }
        else
        {
            SetConstant(parameter, template.Fill(static n => n), place, parameters, problems);
            return;
        }
        parameters.SetBroken(value.Name);
    }

    private static void SetConstant(ComponentParameter parameter, string text, Place place, ComponentParameters parameters, ProblemList problems)
    {
        if (ParameterType.TryRead(parameter.Type, text, out var value) is { } problem)
        {
            problems.Add(place.Stalled($"parameter {parameter.Name}: {problem}", $"give it a value of type {parameter.Type}"));
            parameters.SetBroken(parameter.Name);
        }
        else if (SealedMarker.IsIn(text))
        {
            problems.Add(place.Stalled(SealedMarker.Reserved, "remove them"));
            parameters.SetBroken(parameter.Name);
        }
        else
            parameters.SetConstant(parameter.Name, new BoundValue(text, value!, []));
    }

    private static int IndexOf(ComponentUse use, ComponentParameter parameter) =>
        use.Version.Parameters.TakeWhile(p => p.Name != parameter.Name).Count();
}
