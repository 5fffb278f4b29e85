using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Cli.Output;

/// <summary>How a result is printed.</summary>
internal enum OutputFormat
{
    Table,
    Wide,
    Json,
    Yaml,
    Name,
}

/// <summary>The option <c>--output</c>, and printing of whole documents.</summary>
internal static class Format
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The option, with the formats that a command knows.</summary>
    public static Option<OutputFormat> Option(params OutputFormat[] known)
    {
        var names = string.Join("|", known.Select(f => f.ToString().ToLowerInvariant()));
        var option = new Option<OutputFormat>("--output", "-o")
        {
            Description = $"How to print: {names}.",
            HelpName = names,
            DefaultValueFactory = _ => OutputFormat.Table,
            CustomParser = argument =>
            {
                if (Enum.TryParse<OutputFormat>(argument.Tokens[0].Value, ignoreCase: true, out var format) && known.Contains(format))
                    return format;
                argument.AddError($"--output {argument.Tokens[0].Value}: choose one of {names}.");
                return OutputFormat.Table;
            },
        };
        option.CompletionSources.Add(known.Select(f => f.ToString().ToLowerInvariant()).ToArray());
        return option;
    }

    /// <summary>Prints a document whole.</summary>
    public static void Write(TextWriter output, JsonNode? document, OutputFormat format) =>
        output.Write(format == OutputFormat.Yaml ? YamlWriter.Write(document) : (document?.ToJsonString(Indented) ?? "null") + "\n");
}
