using System.Buffers;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Storage;

/// <summary>One state of one object: what a reader gets, what a watcher sees, what is on disk. Immutable.</summary>
internal sealed class StoredObject
{
    private readonly byte[] json;
    private readonly int revisionOffset;

    /// <param name="key">Its place in the resource.</param>
    /// <param name="revision">The revision in the text.</param>
    /// <param name="createdRevision">The revision of the create.</param>
    /// <param name="json">The text; belongs to the object from now on.</param>
    /// <param name="revisionOffset">Where the digits of <c>metadata.resourceVersion</c> begin in the text.</param>
    /// <param name="labels">What <c>metadata.labels</c> holds.</param>
    internal StoredObject(
        ObjectKey key, long revision, long createdRevision, byte[] json, int revisionOffset, KeyValuePair<string, string>[] labels)
    {
        Key = key;
        Revision = revision;
        CreatedRevision = createdRevision;
        Labels = labels;
        this.json = json;
        this.revisionOffset = revisionOffset;
    }

    public ObjectKey Key { get; }

    /// <summary>The revision of the change that made this state; also in the text, as <c>metadata.resourceVersion</c>.</summary>
    public long Revision { get; }

    /// <summary>The revision at which the object was created. No two objects of a database share it.</summary>
    public long CreatedRevision { get; }

    /// <summary>What a label selector needs, without a parse.</summary>
    public KeyValuePair<string, string>[] Labels { get; }

    /// <summary>The whole object as compact UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Json => json;

    /// <summary>For the file alone, which needs an array: nobody may change it.</summary>
    internal byte[] Text => json;

    /// <summary>A tree of its own for the caller.</summary>
    public JsonObject Parse() => (JsonObject)JsonText.Parse(json)!;

    public void AppendTo(IBufferWriter<byte> output) => output.Write(json);

    /// <summary>The value of a label, or null.</summary>
    public string? Label(string key)
    {
        foreach (var label in Labels)
        {
            if (label.Key == key)
                return label.Value;
        }
        return null;
    }

    /// <summary>The same content under another revision; the last state of an object that is deleted as it is.</summary>
    internal StoredObject WithRevision(long revision)
    {
        var text = RevisionText.Replace(json, revisionOffset, RevisionText.Digits(Revision), revision);
        return new StoredObject(Key, revision, CreatedRevision, text, revisionOffset, Labels);
    }
}
