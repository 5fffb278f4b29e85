using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Flotilla.Kubernetes.Yaml;

/// <summary>Where the nodes of a document stand. Aliases are leaves: what they hold is written elsewhere.</summary>
internal sealed class YamlLines
{
    private readonly Node root;

    private YamlLines(Node root) => this.root = root;

    /// <summary>Reads a document that has been read before, so that it holds no surprises.</summary>
    /// <param name="parser">Before the first event.</param>
    /// <param name="firstLine">Line of the whole text at which the parser's line 1 stands.</param>
    public static YamlLines Read(Parser parser, int firstLine)
    {
        while (parser.MoveNext() && parser.Current is StreamStart or DocumentStart)
        {
        }
        var root = parser.Current is NodeEvent ? ReadNode(parser, firstLine - 1, (int)parser.Current.Start.Line, 0) : new Node(1);
        return new YamlLines(root);
    }

    public int LineOf(string path)
    {
        var node = root;
        var rest = path.AsSpan();
        while (rest.Length > 0)
        {
            if (rest[0] == '.')
                rest = rest[1..];
            if (node.Step(rest, out var length) is not { } next)
                break;
            node = next;
            rest = rest[length..];
        }
        return node.Line;
    }

    /// <summary>Reads the node that the parser stands on, and leaves the parser on the event after it.</summary>
    private static Node ReadNode(Parser parser, int offset, int line, int depth)
    {
        var node = new Node(line + offset);
        switch (parser.Current)
        {
            case MappingStart:
                parser.MoveNext();
                while (parser.Current is not MappingEnd)
                {
                    var keyLine = (int)parser.Current!.Start.Line;
                    var key = (parser.Current as Scalar)?.Value;
                    ReadNode(parser, offset, keyLine, depth + 1);
                    var value = ReadNode(parser, offset, keyLine, depth + 1);
                    if (key is not null)
                        node.Fields[key] = value;
                }
                break;
            case SequenceStart:
                parser.MoveNext();
                while (parser.Current is not SequenceEnd)
                    node.Elements.Add(ReadNode(parser, offset, (int)parser.Current!.Start.Line, depth + 1));
                break;
        }
        if (depth > 0)
            parser.MoveNext();
        return node;
    }

    private sealed class Node(int line)
    {
        private Dictionary<string, Node>? fields;
        private List<Node>? elements;

        public int Line { get; } = line;

        public Dictionary<string, Node> Fields => fields ??= new(StringComparer.Ordinal);

        public List<Node> Elements => elements ??= [];

        /// <summary>The child that a path leads to next, and how much of the path names it. Keys may contain dots; the longest one counts.</summary>
        public Node? Step(ReadOnlySpan<char> path, out int length)
        {
            length = 0;
            if (elements is not null && path[0] == '[' && path.IndexOf(']') is > 0 and var end)
            {
                length = end + 1;
                return int.TryParse(path[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < elements.Count ? elements[index] : null;
            }
            Node? found = null;
            foreach (var (key, child) in fields ?? [])
            {
                if (Names(path, key) is > 0 and var used && used > length)
                    (found, length) = (child, used);
            }
            return found;
        }

        private static int Names(ReadOnlySpan<char> path, string key)
        {
            var bracket = path[0] == '[' ? 1 : 0;
            if (!path[bracket..].StartsWith(key, StringComparison.Ordinal))
                return 0;
            var used = bracket + key.Length;
            if (bracket == 1)
                return used < path.Length && path[used] == ']' ? used + 1 : 0;
            return used == path.Length || path[used] is '.' or '[' ? used : 0;
        }
    }
}
