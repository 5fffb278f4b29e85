using System.Text;
using System.Text.Json;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml.Scanning;
using YamlDotNet.Core;

namespace Flotilla.Kubernetes.Yaml;

/// <summary>
/// Reads YAML, and JSON, as kubectl does (apimachinery's YAML-or-JSON decoder over sigs.k8s.io/yaml and go-yaml v2): YAML 1.1 scalars,
/// merge keys, keys that are no strings, documents split at <c>---</c> lines. Trees are at most <see cref="JsonText.MaxDepth"/> deep.
/// </summary>
public static class YamlReader
{
    private const string Separator = "---";

    /// <summary>
    /// Reads all documents of a file in turn; empty ones (also <c>null</c>, or nothing but comments) are left out. As in kubectl, what
    /// follows <c>...</c> up to the next <c>---</c> is not read, a file that begins with <c>{</c> may be a sequence of JSON values, bytes
    /// that are no UTF-8 become U+FFFD, and a byte order mark may announce UTF-16.
    /// </summary>
    /// <param name="file">The bytes.</param>
    /// <param name="onDuplicate">Told of keys that stand twice in a mapping of YAML; the last value wins, as in kubectl.</param>
    /// <exception cref="YamlReadException">With line and column.</exception>
    public static IReadOnlyList<YamlDocument> ReadAll(ReadOnlySpan<byte> file, Action<YamlDuplicateKey>? onDuplicate = null) =>
        ReadAll(YamlText.DecodeFile(file), onDuplicate);

    /// <summary>Reads all documents of a text in turn, as <see cref="ReadAll(ReadOnlySpan{byte}, Action{YamlDuplicateKey}?)"/>.</summary>
    /// <exception cref="YamlReadException">With line and column.</exception>
    public static IReadOnlyList<YamlDocument> ReadAll(string text, Action<YamlDuplicateKey>? onDuplicate = null)
    {
        var documents = new List<YamlDocument>();
        var line = 1;
        if (LooksLikeJson(text))
            text = ReadJson(text, ref line, documents);
        ReadStream(text, line, documents, onDuplicate);
        return documents;
    }

    /// <summary>
    /// Reads the first document of a text, as an API server does with a body of type <c>application/yaml</c>; what follows it is not
    /// looked at.
    /// </summary>
    /// <param name="utf8">The text, UTF-8, with or without byte order mark.</param>
    /// <param name="onDuplicate">Told of keys that stand twice in a mapping; the last value wins.</param>
    /// <exception cref="YamlReadException">With line and column.</exception>
    public static YamlDocument ReadFirst(ReadOnlySpan<byte> utf8, Action<YamlDuplicateKey>? onDuplicate = null) =>
        ReadDocument(YamlText.DecodeBody(utf8), 1, onDuplicate);

    private static bool LooksLikeJson(string text) => text.AsSpan().TrimStart(" \t\r\n") is ['{', ..];

    /// <summary>
    /// Reads JSON values until the text ends, or goes on as something else. That is left, to be read as YAML, unless more than one value
    /// has shown that this is no YAML.
    /// </summary>
    private static string ReadJson(string text, ref int line, List<YamlDocument> documents)
    {
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
        while (true)
        {
            var start = rest.TrimStart(" \t\r\n"u8);
            if (start.Length == 0)
                return "";
            var startLine = line + rest[..^start.Length].Count((byte)'\n');
            if (JsonLength(start) is not { } length)
            {
                return documents.Count <= 1
                    ? Encoding.UTF8.GetString(rest)
                    : throw new YamlReadException("invalid JSON after other JSON values", startLine, 1);
            }
            var value = start[..length];
            if (JsonText.Parse(value) is { } content)
            {
                var source = Encoding.UTF8.GetString(value);
                documents.Add(new YamlDocument(content, startLine, () => YamlLines.Read(ParserOf(source), startLine)));
            }
            line = startLine + value.Count((byte)'\n');
            rest = start[length..];
        }
    }

    private static int? JsonLength(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth, AllowMultipleValues = true });
        try
        {
            return reader.Read() && reader.TrySkip() ? (int)reader.BytesConsumed : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void ReadStream(string text, int firstLine, List<YamlDocument> documents, Action<YamlDuplicateKey>? onDuplicate)
    {
        int start = 0, startLine = firstLine, at = 0, line = firstLine;
        while (at < text.Length)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            if (text.AsSpan(at, end - at).StartsWith(Separator))
            {
                var after = text.AsSpan(at + Separator.Length, end - at - Separator.Length).Trim();
                if (after.Length > 0 && after[0] != '#')
                    throw new YamlReadException($"invalid Yaml document separator: {after}", line, Separator.Length + 1);
                Add(text[start..at], startLine);
                (start, startLine) = (end, line + 1);
            }
            at = end;
            line++;
        }
        Add(text[start..], startLine);

        void Add(string chunk, int chunkLine)
        {
            if (ReadDocument(chunk, chunkLine, onDuplicate) is { Content: not null } document)
                documents.Add(document);
        }
    }

    private static YamlDocument ReadDocument(string text, int line, Action<YamlDuplicateKey>? onDuplicate)
    {
        if (text.StartsWith('\uFEFF'))
            text = text[1..];
        Action<YamlDuplicateKey>? report = onDuplicate is null ? null : d => onDuplicate(d with { Line = d.Line + line - 1 });
        try
        {
            YamlText.Check(text);
            var content = new YamlBuilder(ParserOf(text), report).ReadDocument();
            return new YamlDocument(content, line, () => YamlLines.Read(ParserOf(text), line));
        }
        catch (YamlReadException e)
        {
            throw new YamlReadException(e.Problem, e.Line + line - 1, e.Column, e);
        }
        catch (ArgumentException e)
        {
            // The parser's types are particular about the URIs of tags.
            throw new YamlReadException("a tag is no valid URI", line, 1, e);
        }
        catch (YamlException e)
        {
            throw new YamlReadException(YamlText.Problem(e.Message), (int)e.Start.Line + line - 1, (int)e.Start.Column, e);
        }
    }

    private static Parser ParserOf(string text) => new(new YamlScanner(text));
}
