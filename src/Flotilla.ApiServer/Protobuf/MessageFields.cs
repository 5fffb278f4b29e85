using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;

namespace Flotilla.ApiServer.Protobuf;

/// <summary>A field of a message.</summary>
/// <param name="Name">Its name in JSON; of an inlined one, the name of its type.</param>
/// <param name="Inlined">The fields of a message whose fields JSON has in the object around it; null for others.</param>
internal sealed record MessageField(string Name, MessageFields? Inlined);

/// <summary>
/// The fields of a message by number, from <c>protobuf-1.36.txt</c>. Their types are those of the JSON form. The table is read when
/// the first message comes.
/// </summary>
internal sealed class MessageFields
{
    private const string Prefix = "io.k8s.";
    private static readonly MessageFields None = new("");
    private static readonly Lazy<FrozenDictionary<string, string>> Lines = new(ReadLines);
    private static readonly ConcurrentDictionary<string, MessageFields> Known = new(StringComparer.Ordinal);

    private readonly Dictionary<int, MessageField> byNumber = [];

    private MessageFields(string line)
    {
        var number = 0;
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            number = equals < 0 ? number + 1 : int.Parse(word.AsSpan(0, equals), CultureInfo.InvariantCulture);
            var name = word[(equals + 1)..];
            byNumber[number] = name.StartsWith('^')
                ? new MessageField(name[(name.LastIndexOf('.') + 1)..], Of(Prefix + name[1..]))
                : new MessageField(name, null);
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<MessageField> All => byNumber.Values;

    /// <summary>The field of a number; null when Kubernetes 1.36 has none.</summary>
    public MessageField? this[int number] => byNumber.GetValueOrDefault(number);

    /// <summary>The fields of a message by its full name, as <c>io.k8s.api.core.v1.Pod</c>; of a message without fields, none.</summary>
    public static MessageFields Of(string name) =>
        Known.GetOrAdd(name, static n => Lines.Value.TryGetValue(n, out var line) ? new MessageFields(line) : None);

    private static FrozenDictionary<string, string> ReadLines()
    {
        using var stream = typeof(MessageFields).Assembly.GetManifestResourceStream("protobuf-1.36.txt")!;
        using var reader = new StreamReader(stream);
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            lines[Prefix + line[..colon]] = line[(colon + 1)..];
        }
        return lines.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
