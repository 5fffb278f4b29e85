using System.Text.Json.Nodes;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases.Changes;

/// <summary>An object as it stands in a blob.</summary>
internal sealed class ReleaseLine
{
    private ReleaseLine(ReadOnlyMemory<byte> bytes, bool isShared)
    {
        (Bytes, IsShared) = (bytes, isShared);
        Content = (JsonObject)JsonText.Parse(bytes.Span)!;
        Id = Content.Id();
    }

    public ObjectId Id { get; }

    public JsonObject Content { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Whether other releases of the revision have the same one.</summary>
    public bool IsShared { get; }

    public static IReadOnlyList<ReleaseLine> Read(ReadOnlyMemory<byte> blob, bool isShared)
    {
        var lines = new List<ReleaseLine>();
        for (var rest = blob; rest.Length > 0;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            lines.Add(new ReleaseLine(rest[..end], isShared));
            rest = rest[(end + 1)..];
        }
        return lines;
    }
}
