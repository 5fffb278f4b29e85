using System.Text.Json.Nodes;
using CsCheck;
using Flotilla.ApiServer.Kinds.Decoding;
using Flotilla.ApiServer.Protobuf;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;
using Flotilla.TestKit;

namespace Flotilla.ApiServer.Tests.Protobuf;

/// <summary>What kubectl 1.32 sent (<c>NAME.base64</c>), and what it shows of the same command with <c>--dry-run=client -o json</c> (<c>NAME.json</c>).</summary>
public sealed class RecordedBodiesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/Flotilla.ApiServer.Tests/Protobuf/Bodies");

    public static TheoryData<string> Names { get; } = [.. Directory.EnumerateFiles(Folder, "*.base64").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_protobuf_body_says_what_its_json_says(string name)
    {
        var sent = ProtobufReader.Read(Body(name), "v1", "Nothing");
        var shown = (JsonObject)JsonText.Parse(File.ReadAllBytes(Path.Combine(Folder, $"{name}.json")))!;
        Assert.Null(Decode(sent));
        Assert.Null(Decode(shown));
        Assert.True(JsonNodeExtensions.DeepEquals(shown, sent), $"expected {shown.ToJsonString()}\n but was {sent.ToJsonString()}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_body_that_ends_early_is_refused_or_is_shorter_by_whole_fields(string name)
    {
        var body = Body(name);
        var whole = ProtobufReader.Read(body, "v1", "Nothing").ToJsonString();
        for (var length = 0; length < body.Length - 4; length++)
        {
            if (ReadOrRefuse(body[..length]) is { } read)
                Assert.NotEqual(whole, read.ToJsonString());
        }
    }

    [Fact]
    public void Whatever_comes_is_read_or_refused()
    {
        var bodies = Names.Select(row => Body(row.Data)).ToArray();
        var change = Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Int[0, 3]);
        Gen.Select(Gen.Int[0, bodies.Length - 1].Select(i => bodies[i]), change.Array[1, 12]).Sample((body, changes) =>
        {
            var bytes = body.ToList();
            foreach (var (place, value, how) in changes)
                Mutate(bytes, 4 + place % (bytes.Count - 4), value, how);
            if (ReadOrRefuse([.. bytes]) is { } read && BuiltInTypes.Instance.Kind(read.String("apiVersion")!, read.String("kind")!) is { } schema)
            {
                TypedDecoding.Decode(read, schema);
                JsonText.ToUtf8(read);
            }
        });
    }

    private static void Mutate(List<byte> bytes, int place, byte value, int how)
    {
        switch (how)
        {
            case 0:
                bytes[place] = value;
                break;
            case 1:
                bytes.Insert(place, value);
                break;
            case 2:
                bytes[place] ^= (byte)(1 << (value % 8));
                break;
            case 3 when bytes.Count > 8:
                bytes.RemoveAt(place);
                break;
        }
    }

    private static JsonObject? ReadOrRefuse(byte[] body)
    {
        try
        {
            return ProtobufReader.Read(body, "v1", "Pod");
        }
        catch (ProtobufException e)
        {
            Assert.NotEmpty(e.Message);
            return null;
        }
    }

    private static string? Decode(JsonObject obj) =>
        TypedDecoding.Decode(obj, BuiltInTypes.Instance.Kind(obj.String("apiVersion")!, obj.String("kind")!)!, field => Assert.Fail($"unknown field {field}"));

    private static byte[] Body(string name) => Convert.FromBase64String(File.ReadAllText(Path.Combine(Folder, $"{name}.base64")));
}
