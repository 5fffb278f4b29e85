namespace Flotilla.EndToEnd.Readme;

/// <summary>The commands that a Markdown text tells its readers to run: its fenced <c>sh</c> blocks.</summary>
internal static class ReadmeCommands
{
    public static IReadOnlyList<string> Extract(string markdown)
    {
        var scripts = new List<string>();
        List<string>? block = null;
        foreach (var line in markdown.Split('\n').Select(l => l.TrimEnd('\r')))
        {
            if (block is null)
            {
                if (line is "```sh")
                    block = [];
            }
            else if (line is "```")
            {
                scripts.Add(string.Join('\n', block) + "\n");
                block = null;
            }
            else
            {
                block.Add(line);
            }
        }
        return scripts;
    }
}
