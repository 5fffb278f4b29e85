using System.Text.Json.Serialization;

namespace Flotilla.Content;

/// <summary>How the documents of this library are written as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OciManifest))]
[JsonSerializable(typeof(OciIndex))]
internal sealed partial class ContentJson : JsonSerializerContext;
