using System.Text.Json.Serialization;

namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>How forecasts stand in JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Forecast))]
public sealed partial class ForecastJson : JsonSerializerContext;
