namespace Flotilla.Kubernetes.Yaml;

/// <summary>A text that kubectl would not read either, or that goes beyond a bound.</summary>
/// <param name="problem">What is wrong, without the place, as <c>did not find expected ',' or ']'</c>.</param>
/// <param name="line">Line in the text, from 1.</param>
/// <param name="column">Column in the line, from 1.</param>
/// <param name="inner">What found it.</param>
public sealed class YamlReadException(string problem, int line, int column, Exception? inner = null)
    : FormatException($"line {line}, column {column}: {problem}", inner)
{
    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; } = problem;

    /// <summary>Line in the text, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Column in the line, from 1.</summary>
    public int Column { get; } = column;
}
