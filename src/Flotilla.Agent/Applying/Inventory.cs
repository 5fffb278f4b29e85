using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flotilla.Agent.Applying;

/// <summary>What this agent has put into the cluster. Immutable; the owner of the state folder keeps it.</summary>
public sealed record Inventory
{
    public static readonly Inventory Empty = new();

    /// <summary>Digest of the release that was last applied as a whole; empty for none.</summary>
    public string Release { get => field ?? ""; init; }

    /// <summary>Sorted by object.</summary>
    public IReadOnlyList<InventoryEntry> Entries { get => field ?? []; init; }

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
}

/// <summary>Where an inventory outlives the process.</summary>
public interface IInventoryStore
{
    /// <summary>The inventory; null when there is none (a new site, or a lost state folder).</summary>
    ValueTask<Inventory?> LoadAsync(CancellationToken cancellation);

    /// <summary>Keeps an inventory; when this returns, it survives a loss of power.</summary>
    ValueTask SaveAsync(Inventory inventory, CancellationToken cancellation);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Inventory))]
internal sealed partial class InventoryJson : JsonSerializerContext;
