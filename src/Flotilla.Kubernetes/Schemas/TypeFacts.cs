using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>
/// The recorded facts as text, with the place of each type in it. Finding the places takes a millisecond, reading all types fifty: a
/// server needs few of them before it can answer.
/// </summary>
internal sealed class TypeFacts
{
    private readonly byte[] text;
    private readonly Dictionary<string, Place> types = new(1024, StringComparer.Ordinal);
    private readonly Dictionary<string, string> kinds = new(StringComparer.Ordinal);
    private readonly Place resources = new(0, 0);

    private TypeFacts(byte[] text)
    {
        this.text = text;
        var json = new Utf8JsonReader(text);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("types"u8))
                FindTypes(ref json);
            else
                resources = Skip(ref json);
        }
    }

    public static TypeFacts Load()
    {
        using var stream = typeof(TypeFacts).Assembly.GetManifestResourceStream("kubernetes-1.36.json")!;
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return new TypeFacts(text);
    }

    /// <summary>The name of the type of a kind; null when there is none.</summary>
    public string? TypeOf(string apiVersion, string kind) => kinds.GetValueOrDefault($"{apiVersion}/{kind}");

    /// <summary>The OpenAPI schema of a type.</summary>
    /// <exception cref="KeyNotFoundException">No such type.</exception>
    public JsonObject Read(string name) => (JsonObject)Parse(types[name]);

    /// <summary>The OpenAPI schemas of all types by name.</summary>
    public JsonObject ReadAll()
    {
        var all = new JsonObject();
        foreach (var (name, place) in types)
            all[name] = Parse(place);
        return all;
    }

    public JsonArray ReadResources() => (JsonArray)Parse(resources);

    private JsonNode Parse(Place place) => JsonText.Parse(text.AsSpan(place.Start, place.Length))!;

    private void FindTypes(ref Utf8JsonReader json)
    {
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            var start = (int)json.TokenStartIndex;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("x-kubernetes-group-version-kind"u8))
                    AddKinds(Skip(ref json), name);
                else
                    json.Skip();
            }
            types.Add(name, new Place(start, (int)json.BytesConsumed - start));
        }
    }

    private void AddKinds(Place place, string type)
    {
        foreach (var kind in (JsonArray)Parse(place))
        {
            var group = kind.String("group")!;
            kinds[$"{group}{(group.Length == 0 ? "" : "/")}{kind.String("version")}/{kind.String("kind")}"] = type;
        }
    }

    /// <summary>Goes over the value of the property that was read.</summary>
    private static Place Skip(ref Utf8JsonReader json)
    {
        json.Read();
        var start = (int)json.TokenStartIndex;
        json.Skip();
        return new Place(start, (int)json.BytesConsumed - start);
    }

    private sealed record Place(int Start, int Length);
}
