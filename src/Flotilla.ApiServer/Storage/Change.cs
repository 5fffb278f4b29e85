using System.Buffers;

namespace Flotilla.ApiServer.Storage;

internal enum ChangeType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One committed change.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The new state; for <see cref="ChangeType.Deleted"/> the last one, under the revision of the delete.</param>
/// <param name="Previous">The state before; null for <see cref="ChangeType.Added"/>.</param>
internal sealed record Change(ChangeType Type, StoredObject Object, StoredObject? Previous)
{
    public long Revision => Object.Revision;

    /// <summary>Writes the line that a watch sends: <c>{"type":"ADDED","object":…}</c> and a line feed.</summary>
    public void AppendTo(IBufferWriter<byte> output) => Append(output, Type, Object);

    /// <summary>The line of an event that says something else than what happened, as when an object enters a selection.</summary>
    public static void Append(IBufferWriter<byte> output, ChangeType type, StoredObject obj)
    {
        output.Write(type switch
        {
            ChangeType.Added => "{\"type\":\"ADDED\",\"object\":"u8,
            ChangeType.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
            _ => "{\"type\":\"DELETED\",\"object\":"u8,
        });
        obj.AppendTo(output);
        output.Write("}\n"u8);
    }
}
