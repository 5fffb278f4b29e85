using System.Text.Json;
using System.Text.Json.Serialization;
using Flotilla.Core.Fleets;

namespace Flotilla.Core.Rollouts;

/// <summary>How rollouts, their sites and what fleets remember are kept.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FleetMemory))]
[JsonSerializable(typeof(RolloutRecord))]
[JsonSerializable(typeof(RolloutMember))]
[JsonSerializable(typeof(StoryEntry))]
public sealed partial class RolloutJson : JsonSerializerContext
{
    public static string Write(FleetMemory memory) => JsonSerializer.Serialize(memory, Default.FleetMemory);

    public static string Write(RolloutRecord record) => JsonSerializer.Serialize(record, Default.RolloutRecord);

    public static string Write(RolloutMember member) => JsonSerializer.Serialize(member, Default.RolloutMember);

    public static string Write(StoryEntry entry) => JsonSerializer.Serialize(entry, Default.StoryEntry);

    public static FleetMemory ReadMemory(string? text) => text is null ? new FleetMemory() : JsonSerializer.Deserialize(text, Default.FleetMemory) ?? new FleetMemory();

    public static RolloutRecord ReadRecord(string text) => JsonSerializer.Deserialize(text, Default.RolloutRecord) ?? throw new JsonException("a rollout is empty");

    public static RolloutMember ReadMember(string text) => JsonSerializer.Deserialize(text, Default.RolloutMember) ?? throw new JsonException("a site of a rollout is empty");

    public static StoryEntry ReadEntry(string text) => JsonSerializer.Deserialize(text, Default.StoryEntry) ?? throw new JsonException("a line of a story is empty");
}
