using System.Collections.Frozen;

namespace Flotilla.ApiServer.Kinds.Decoding;

/// <summary>Reads <c>go-encoding-1.36.txt</c>: which fields of which types Go writes although they are empty.</summary>
internal static class GoEncoding
{
    private static readonly FrozenDictionary<string, Presence> Unmarked = FrozenDictionary<string, Presence>.Empty;
    private static readonly Lazy<FrozenDictionary<string, string>> Lines = new(Read);

    /// <summary>The marked fields of a type by its full name.</summary>
    public static IReadOnlyDictionary<string, Presence> Marks(string? typeName)
    {
        if (typeName is null || !Lines.Value.TryGetValue(typeName, out var line))
            return Unmarked;
        return line.Split(' ').ToDictionary(mark => mark[1..], mark => mark[0] switch
        {
            '*' => Presence.Pointer,
            '+' => Presence.Zero,
            _ => Presence.Null,
        }, StringComparer.Ordinal);
    }

    private static FrozenDictionary<string, string> Read()
    {
        using var stream = typeof(GoEncoding).Assembly.GetManifestResourceStream("go-encoding-1.36.txt")!;
        using var reader = new StreamReader(stream);
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            lines["io.k8s." + line[..colon]] = line[(colon + 2)..];
        }
        return lines.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
