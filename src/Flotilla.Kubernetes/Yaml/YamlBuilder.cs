using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Flotilla.Kubernetes.Yaml;

/// <summary>
/// Builds the JSON tree of one document from parser events, with the semantics of go-yaml v2: merge keys act where they stand,
/// the last of equal keys wins, an alias is a copy. What aliases may add is bounded as there, by nodes, and here also by text.
/// </summary>
internal sealed class YamlBuilder(Parser parser, Action<YamlDuplicateKey>? onDuplicate)
{
    private const string MergeTag = "tag:yaml.org,2002:merge";
    private const long MaxAliasedCharacters = 16 * 1024 * 1024;

    private readonly Dictionary<string, Anchored?> anchors = new(StringComparer.Ordinal);
    private Cost total;
    private Cost aliased;

    /// <summary>The content of the first document; null when there is none.</summary>
    public JsonNode? ReadDocument()
    {
        Next<StreamStart>();
        if (parser.Current is not DocumentStart)
            return null;
        parser.MoveNext();
        return ReadNode(0);
    }

    private void Next<T>()
    {
        parser.MoveNext();
        if (parser.Current is not T)
            throw new InvalidOperationException("the parser gave events out of order");
        parser.MoveNext();
    }

    /// <summary>
    /// Reads the node that the parser stands on, and leaves the parser on the event after it; not so the root: what follows the document
    /// may be no YAML at all.
    /// </summary>
    private JsonNode? ReadNode(int depth)
    {
        var at = parser.Current!;
        if (at is AnchorAlias alias)
        {
            Advance(depth);
            return Copy(alias, depth);
        }
        if (at is not NodeEvent { Anchor.IsEmpty: false } node)
            return ReadContent(at, depth);

        var name = node.Anchor.Value;
        anchors[name] = null;
        var before = total;
        var content = ReadContent(at, depth);
        anchors[name] = new Anchored(content, total - before, JsonDepth.Of(content), at);
        return content;
    }

    private void Advance(int depth)
    {
        if (depth > 0)
            parser.MoveNext();
    }

    private JsonNode? ReadContent(ParsingEvent at, int depth)
    {
        if (depth >= JsonText.MaxDepth && at is not Scalar)
            throw Problem(at, $"nested more than {JsonText.MaxDepth} deep");
        switch (at)
        {
            case Scalar scalar:
                Count(new Cost(1, scalar.Value.Length));
                Advance(depth);
                return Resolve(scalar);
            case MappingStart:
                Count(new Cost(1, 0));
                parser.MoveNext();
                return ReadMapping(depth);
            case SequenceStart:
                Count(new Cost(1, 0));
                parser.MoveNext();
                var list = new JsonArray();
                while (parser.Current is not SequenceEnd)
                    list.Add(ReadNode(depth + 1));
                Advance(depth);
                return list;
            default:
                throw Problem(at, "did not find expected node content");
        }
    }

    private JsonObject ReadMapping(int depth)
    {
        var map = new JsonObject();
        while (parser.Current is not MappingEnd)
        {
            var at = parser.Current!;
            if (at is Scalar { Value: "<<" } key && IsMerge(key))
            {
                parser.MoveNext();
                ReadMerge(map, depth);
                continue;
            }
            var name = ReadKey(at, depth);
            var valueAt = parser.Current!;
            Set(map, name, ReadNode(depth + 1), valueAt);
        }
        Advance(depth);
        return map;
    }

    private string ReadKey(ParsingEvent at, int depth)
    {
        var scalar = at is AnchorAlias alias && anchors.GetValueOrDefault(alias.Value.Value) is { } target ? target.Scalar : at as Scalar;
        if (at is Scalar { Anchor.IsEmpty: true })
        {
            Count(new Cost(1, scalar!.Value.Length));
            parser.MoveNext();
        }
        else
        {
            // For what an anchor or alias does besides.
            ReadNode(depth + 1);
        }
        if (scalar is null)
            throw Problem(at, "a mapping or sequence cannot be a key");
        try
        {
            return IsText(scalar) ? scalar.Value : YamlScalars.Key(scalar.Tag.IsEmpty ? null : scalar.Tag.Value, scalar.Value);
        }
        catch (FormatException e)
        {
            throw Problem(at, e.Message);
        }
    }

    private void ReadMerge(JsonObject map, int depth)
    {
        var at = parser.Current!;
        if (at is not SequenceStart)
        {
            Merge(map, ReadMergeSource(depth), at);
            return;
        }
        parser.MoveNext();
        var sources = new List<JsonObject>();
        while (parser.Current is not SequenceEnd)
            sources.Add(ReadMergeSource(depth));
        parser.MoveNext();
        // The last that is set wins, and earlier maps have precedence.
        for (var i = sources.Count - 1; i >= 0; i--)
            Merge(map, sources[i], at);
    }

    private JsonObject ReadMergeSource(int depth)
    {
        var at = parser.Current!;
        var isMap = at is MappingStart || (at is AnchorAlias alias && (!anchors.TryGetValue(alias.Value.Value, out var target) || target is null or { At: MappingStart }));
        return isMap
            ? (JsonObject)ReadNode(depth + 1)!
            : throw Problem(at, "map merge requires map or sequence of maps as the value");
    }

    private void Merge(JsonObject map, JsonObject source, ParsingEvent at)
    {
        while (source.Count > 0)
        {
            var (key, value) = source.GetAt(0);
            source.RemoveAt(0);
            Set(map, key, value, at);
        }
    }

    private void Set(JsonObject map, string key, JsonNode? value, ParsingEvent at)
    {
        if (map.TryAdd(key, value, out _))
            return;
        onDuplicate?.Invoke(new YamlDuplicateKey(key, (int)at.Start.Line));
        map[key] = value;
    }

    private JsonNode? Copy(AnchorAlias alias, int depth)
    {
        var name = alias.Value.Value;
        if (!anchors.TryGetValue(name, out var found))
            throw Problem(alias, $"unknown anchor '{name}' referenced");
        if (found is not { } target)
            throw Problem(alias, $"anchor '{name}' value contains itself");
        if (depth + target.Depth > JsonText.MaxDepth)
            throw Problem(alias, $"nested more than {JsonText.MaxDepth} deep");
        total += new Cost(1, 0);
        aliased += target.Cost;
        Count(target.Cost);
        if (aliased.Characters > MaxAliasedCharacters || IsExcessive(aliased.Nodes, total.Nodes))
            throw Problem(alias, "document contains excessive aliasing");
        return target.Content?.DeepClone();
    }

    private void Count(Cost cost) => total += cost;

    /// <summary>go-yaml's bound: aliases may make up 99 % of a small document, falling to 10 % of one with 4,000,000 nodes.</summary>
    private static bool IsExcessive(long fromAliases, long all)
    {
        const long low = 400_000;
        const long high = 4_000_000;
        if (fromAliases <= 100 || all <= 1000)
            return false;
        var allowed = all <= low ? 0.99 : all >= high ? 0.10 : 0.99 - (0.89 * (all - low) / (high - low));
        return (double)fromAliases / all > allowed;
    }

    private static bool IsMerge(Scalar key) => key.Tag.IsEmpty ? key.IsPlainImplicit : key.Tag.Value == MergeTag;

    /// <summary>Quoted and block scalars are text, and so is what has the tag <c>!</c>.</summary>
    private static bool IsText(Scalar scalar) => scalar.Tag.IsEmpty ? !scalar.IsPlainImplicit : scalar.Tag.IsNonSpecific;

    private static JsonNode? Resolve(Scalar scalar)
    {
        if (IsText(scalar))
            return JsonValue.Create(scalar.Value);
        try
        {
            return scalar.Tag.IsEmpty ? YamlScalars.Plain(scalar.Value) : YamlScalars.Tagged(scalar.Tag.Value, scalar.Value);
        }
        catch (FormatException e)
        {
            throw Problem(scalar, e.Message);
        }
    }

    private static YamlReadException Problem(ParsingEvent at, string problem) => new(problem, (int)at.Start.Line, (int)at.Start.Column);

    /// <summary>What a piece of the document weighs: nodes, and characters of text.</summary>
    private readonly record struct Cost(long Nodes, long Characters)
    {
        public static Cost operator +(Cost a, Cost b) => new(a.Nodes + b.Nodes, a.Characters + b.Characters);

        public static Cost operator -(Cost a, Cost b) => new(a.Nodes - b.Nodes, a.Characters - b.Characters);
    }

    private sealed record Anchored(JsonNode? Content, Cost Cost, int Depth, ParsingEvent At)
    {
        public Scalar? Scalar => At as Scalar;
    }
}
