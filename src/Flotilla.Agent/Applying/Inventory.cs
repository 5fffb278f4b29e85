using System.Text.Json;
using System.Text.Json.Serialization;
using Flotilla.Agent.State;
using Flotilla.Api.Sync;

namespace Flotilla.Agent.Applying;

/// <summary>What this agent has put into the cluster. Immutable; the owner of the state folder keeps it.</summary>
public sealed record Inventory
{
    public static readonly Inventory Empty = new();

    /// <summary>Sorted by object.</summary>
    public IReadOnlyList<InventoryEntry> Entries { get => field ?? []; init; }

    /// <summary>What was told of each component.</summary>
    public IReadOnlyList<ComponentStanding> Components { get => field ?? []; init; }

    /// <summary>What an older inventory knew is lost, and not found again yet.</summary>
    public bool Recovering { get; init; }

    /// <summary>What was told with it.</summary>
    [JsonInclude]
    internal Telling? Telling { get; init; }

    /// <summary>Whether another one says the same, whatever was told with it.</summary>
    public bool SaysSame(Inventory other) =>
        Recovering == other.Recovering && Entries.SequenceEqual(other.Entries) && Components.SequenceEqual(other.Components);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, InventoryJson.Default.Inventory);

    /// <exception cref="JsonException">The text is no inventory.</exception>
    public static Inventory FromJson(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize(utf8, InventoryJson.Default.Inventory) ?? Empty;
}

/// <summary>One object.</summary>
public sealed record InventoryEntry
{
    public required string ApiVersion { get; init; }

    public required string Kind { get; init; }

    public string Namespace { get => field ?? ""; init; }

    public required string Name { get; init; }

    /// <summary>The component that it was last applied for.</summary>
    public required string Component { get; init; }

    /// <summary>
    /// SHA-256 (hex) of the line that was applied, with its sealed values. Empty while it is only intended: what is about to be applied
    /// is written down first, so that nothing is ever in the cluster that a later release could not prune.
    /// </summary>
    public string Applied { get => field ?? ""; init; }

    /// <summary>Hash of the live values of the fields that we own, as they were right after that apply; empty when not seen yet.</summary>
    public string Fingerprint { get => field ?? ""; init; }

    public string Uid { get => field ?? ""; init; }

    /// <summary>The version of the component that installed it says that it shall never be pruned.</summary>
    public bool Protected { get; init; }

    /// <summary>It was there before us, so it stays when it leaves the release.</summary>
    public bool Found { get; init; }

    /// <summary>Something that will be news once it is done, and was not told yet.</summary>
    public ObjectIntent? Intent { get; init; }

    /// <summary>Release and reason of the refusal to delete it that was told last.</summary>
    public string? Refused { get; init; }
}

/// <summary>What was told of a component.</summary>
/// <param name="Name">The component.</param>
/// <param name="Content">Digest of its version and objects that were told to be applied; empty while they are not.</param>
/// <param name="Phase">Healthy, Unhealthy or Failed, whichever came last; null for none of them.</param>
public sealed record ComponentStanding(string Name, string Content, ComponentPhase? Phase);

/// <summary>What is done to an object.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IntentKind>))]
public enum IntentKind
{
    /// <summary>It is deleted, as it left the release.</summary>
    Prune,

    /// <summary>It is deleted to be made anew.</summary>
    Replace,

    /// <summary>It was there before, and is taken over.</summary>
    Adopt,

    /// <summary>What somebody changed is put right.</summary>
    Correct,
}

/// <summary>
/// What is about to be done to an object, kept before the request goes out: after a crash the object itself shows whether the request was
/// carried out, and this what is to be told of it.
/// </summary>
/// <param name="Kind">What is done.</param>
/// <param name="Release">Digest of the release that it is done for.</param>
/// <param name="Uid">Of the object before; empty when it was not there.</param>
/// <param name="Version">resourceVersion of the object before.</param>
/// <param name="Fingerprint">What the object has when it is as it should be.</param>
/// <param name="Message">For people, once it is done.</param>
public sealed record ObjectIntent(IntentKind Kind, string Release, string Uid, string Version, string Fingerprint, string Message);

/// <summary>Where an inventory outlives the process.</summary>
public interface IInventoryStore
{
    /// <summary>The inventory; null when there is none (a new site, or a lost state folder).</summary>
    ValueTask<Inventory?> LoadAsync(CancellationToken cancellation);

    /// <summary>Keeps an inventory and tells news, as one; when this returns, both survive a loss of power.</summary>
    ValueTask SaveAsync(Inventory inventory, IReadOnlyList<ApplyEvent> news, CancellationToken cancellation);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Inventory))]
internal sealed partial class InventoryJson : JsonSerializerContext;
