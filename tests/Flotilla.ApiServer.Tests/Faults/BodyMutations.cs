using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Faults;

/// <summary>Ways to spoil a body: as bytes, and as a JSON tree.</summary>
internal sealed class BodyMutations(Random random)
{
    private static readonly string[] Values =
    [
        "null", "true", "[]", "{}", "\"\"", "0", "-1", "1e400", "1e308", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "3.7", "1E2", "0.1e-5",
        "\"\\u0000\"", "\"\\ud800\"", "\"\\udfff\\ud800\"", "\"null\"", "\"true\"", "\"1\"", "[null]", "[[]]", "[{}]", "{\"\":null}", "{\"a\":{\"b\":[1,\"x\",null]}}",
        "\"\\n\\t\\\"\\\\\"", "\"😀é中\"", "\"${x}\"", "\"../..\"", "\"%00\"", "\"2026-13-45T99:99:99Z\"", "\"1Gi1\"", "\"100000000000000000000000Ei\"", "\"-0\"", "\"127.0.0.1\"", "\"=\"", "\"self.x\"",
        "\"Delete\"", "\"$patch\"", "{\"$patch\":\"delete\"}", "{\"$patch\":\"replace\"}", "{\"$retainKeys\":[\"a\"]}", "[1,1,1]", "{\"k:{\\\"name\\\":\\\"c\\\"}\":{}}",
        "\"string\"", "\"object\"", "\"array\"", "\"self.all(x, x.y > 1)\"", "\"(((((\"", "\"size(self) / 0 > 1\"", "\"self\"", "\"[a-z\"", "\"(a+)+$\"",
    ];

    private static readonly string[] Keys =
    [
        "", "kind", "apiVersion", "metadata", "name", "managedFields", "$patch", "$retainKeys", "$setElementOrder/x", "$deleteFromPrimitiveList/x", "finalizers", "ownerReferences", "generateName",
        "resourceVersion", "x-kubernetes-validations", "type", "items", "properties", "additionalProperties", "default", "enum", "allOf", "x-kubernetes-list-type", "é", "a.b/c", "~", "deletionTimestamp", "fieldsV1", "uid", "rule",
    ];

    public byte[] Spoil(byte[] body) => random.Next(24) switch
    {
        0 => FlipBytes(body),
        1 => body[..random.Next(body.Length + 1)],
        2 => [.. body, .. body],
        3 => Insert(body, random.Next(6) switch { 0 => [0], 1 => [0xff, 0xfe], 2 => [0xc0, 0x80], 3 => [0xed, 0xa0, 0x80], 4 => "\n---\n"u8.ToArray(), _ => "&a [*a,*a]"u8.ToArray() }),
        4 => Nested(),
        5 => [],
        6 => random.Next(12) == 0 ? new byte[(3 * 1024 * 1024) + 1] : "\t"u8.ToArray(),
        7 => DuplicateKey(body),
        8 => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body)),
        9 => Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]),
        _ => SpoilTree(body),
    };

    public byte[] Gzip(byte[] body)
    {
        var content = random.Next(40) == 0 ? new byte[64 * 1024 * 1024] : body;
        using var output = new MemoryStream();
        using (var packer = new GZipStream(output, CompressionLevel.Fastest))
            packer.Write(content);
        var packed = output.ToArray();
        return random.Next(3) == 0 ? FlipBytes(packed) : random.Next(3) == 0 ? packed[..random.Next(packed.Length)] : packed;
    }

    private byte[] SpoilTree(byte[] body)
    {
        JsonNode? tree;
        try
        {
            tree = JsonText.Parse(body);
        }
        catch (JsonException)
        {
            return FlipBytes(body);
        }
        for (var times = random.Next(1, 4); times > 0 && tree is JsonObject or JsonArray; times--)
            SpoilPlace(tree!);
        return tree is null ? "null"u8.ToArray() : Encoding.UTF8.GetBytes(tree.ToJsonString()
            // A number or string that JsonNode would not keep as it is.
            .Replace("\"@value@\"", Values[random.Next(Values.Length)], StringComparison.Ordinal));
    }

    private void SpoilPlace(JsonNode tree)
    {
        var places = new List<JsonNode>();
        Collect(tree, places);
        switch (places[random.Next(places.Count)])
        {
            case JsonObject { Count: > 0 } map:
                var key = map.ElementAt(random.Next(map.Count)).Key;
                switch (random.Next(6))
                {
                    case 0:
                        map.Remove(key);
                        break;
                    case 1:
                        map[Keys[random.Next(Keys.Length)]] = "@value@";
                        break;
                    case 2:
                        var value = map[key];
                        map.Remove(key);
                        map[Keys[random.Next(Keys.Length)]] = value;
                        break;
                    case 3:
                        map[key] = places[random.Next(places.Count)].DeepClone();
                        break;
                    default:
                        map[key] = "@value@";
                        break;
                }
                break;
            case JsonObject map:
                map[Keys[random.Next(Keys.Length)]] = "@value@";
                break;
            case JsonArray { Count: > 0 } list:
                var index = random.Next(list.Count);
                switch (random.Next(4))
                {
                    case 0:
                        list.RemoveAt(index);
                        break;
                    case 1:
                        list.Add(list[index]?.DeepClone());
                        break;
                    case 2:
                        list[index] = places[random.Next(places.Count)].DeepClone();
                        break;
                    default:
                        list[index] = "@value@";
                        break;
                }
                break;
            case JsonArray list:
                list.Add((JsonNode?)"@value@");
                break;
            default:
                break;
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        if (node is not (JsonObject or JsonArray))
            return;
        places.Add(node);
        foreach (var child in node is JsonObject map ? map.Select(p => p.Value) : (JsonArray)node)
            Collect(child, places);
    }

    private byte[] DuplicateKey(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        var brace = text.IndexOf('{', random.Next(text.Length + 1) is var from && from < text.Length ? from : 0);
        return brace < 0 ? body : Encoding.UTF8.GetBytes(text.Insert(brace + 1, "\"metadata\":{},\"metadata\":null,\"a\":1,\"a\":2,"));
    }

    private byte[] Nested()
    {
        var depth = random.Next(4) switch { 0 => 60, 1 => 500, 2 => 2000, _ => 100_000 };
        var (open, close) = random.Next(3) switch { 0 => ("[", "]"), 1 => ("{\"a\":", "}"), _ => ("- ", "") };
        var inner = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
        return Encoding.UTF8.GetBytes(random.Next(2) == 0 || open == "- " ? inner
            : $"{{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{{\"name\":\"deep\"}},\"data\":{inner},\"spec\":{inner}}}");
    }

    private byte[] FlipBytes(byte[] body)
    {
        var copy = (byte[])body.Clone();
        for (var times = random.Next(1, 5); times > 0 && copy.Length > 0; times--)
            copy[random.Next(copy.Length)] = (byte)random.Next(256);
        return copy;
    }

    private byte[] Insert(byte[] body, byte[] piece)
    {
        var at = random.Next(body.Length + 1);
        return [.. body[..at], .. piece, .. body[at..]];
    }
}
