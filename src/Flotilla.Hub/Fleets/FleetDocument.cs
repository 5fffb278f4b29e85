using System.Text.Json;
using System.Text.Json.Serialization;
using Flotilla.Core.Fleets;

namespace Flotilla.Hub.Fleets;

/// <summary>What the ledger keeps of a fleet.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RevisionRecord))]
internal sealed partial class FleetDocument : JsonSerializerContext
{
    public static string Write(RevisionRecord revisions) => JsonSerializer.Serialize(revisions, Default.RevisionRecord);

    public static RevisionRecord Read(string? text) => text is null ? new RevisionRecord() : JsonSerializer.Deserialize(text, Default.RevisionRecord) ?? new RevisionRecord();
}
