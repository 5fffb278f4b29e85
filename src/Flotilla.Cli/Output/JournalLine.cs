using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Output;

/// <summary>An entry of a journal as a line.</summary>
internal static class JournalLine
{
    public static string Of(JsonNode? entry)
    {
        var about = string.Join(" ", new[] { entry.String("component"), entry.String("object") }.Where(part => !string.IsNullOrEmpty(part)));
        return $"{entry.String("time")}  {entry.String("event"),-20} {about}{(about.Length > 0 ? ": " : "")}{entry.String("message")}".TrimEnd();
    }
}
