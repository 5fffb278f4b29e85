using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Core.Releases.Changes;

/// <summary>Differences of texts in the unified form that diff and git write.</summary>
public static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>The difference of an object as YAML; empty when there is none.</summary>
    public static string Of(ObjectChange change) => Of(
        change.Before is null ? "/dev/null" : $"before/{change.Id}", Yaml(change.Before), change.After is null ? "/dev/null" : $"after/{change.Id}", Yaml(change.After));

    /// <summary>The difference of two texts, with three lines around each place; empty when there is none.</summary>
    public static string Of(string beforeName, string before, string afterName, string after)
    {
        var edits = LineEdits.Between(Lines(before), Lines(after));
        if (edits.All(e => e.Sign == ' '))
            return "";
        var text = new StringBuilder().Append("--- ").Append(beforeName).Append('\n').Append("+++ ").Append(afterName).Append('\n');
        foreach (var (start, end) in Hunks(edits))
            Write(edits, start, end, text);
        return text.ToString();
    }

    /// <summary>Ranges of edits with a change in them and context around; those that touch are one.</summary>
    private static List<(int Start, int End)> Hunks(IReadOnlyList<LineEdit> edits)
    {
        var hunks = new List<(int Start, int End)>();
        for (var i = 0; i < edits.Count; i++)
        {
            if (edits[i].Sign == ' ')
                continue;
            var (start, end) = (Math.Max(0, i - Context), Math.Min(edits.Count, i + Context + 1));
            if (hunks.Count > 0 && start <= hunks[^1].End)
                hunks[^1] = (hunks[^1].Start, end);
            else
                hunks.Add((start, end));
        }
        return hunks;
    }

    private static void Write(IReadOnlyList<LineEdit> edits, int start, int end, StringBuilder text)
    {
        int Count(int from, int to, char without) => edits.Skip(from).Take(to - from).Count(e => e.Sign != without);
        var (oldCount, newCount) = (Count(start, end, '+'), Count(start, end, '-'));
        // An empty side is said to stand behind the line before it.
        var oldStart = Count(0, start, '+') + (oldCount > 0 ? 1 : 0);
        var newStart = Count(0, start, '-') + (newCount > 0 ? 1 : 0);
        text.Append(CultureInfo.InvariantCulture, $"@@ -{oldStart},{oldCount} +{newStart},{newCount} @@\n");
        for (var i = start; i < end; i++)
            text.Append(edits[i].Sign).Append(edits[i].Line).Append('\n');
    }

    private static string Yaml(JsonObject? content) => content is null ? "" : YamlWriter.Write(content);

    private static string[] Lines(string text) => text.Length == 0 ? [] : (text.EndsWith('\n') ? text[..^1] : text).Split('\n');
}
