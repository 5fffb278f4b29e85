using System.Text.Json.Serialization;
using Flotilla.Api.Rollouts;

namespace Flotilla.Hub.Fleets;

/// <summary>What an envelope says of windows; made into a digest only.</summary>
internal sealed record DesiredWindows(IReadOnlyList<MaintenanceWindowSpec> Windows, IReadOnlyList<Freeze> Freezes);

[JsonSerializable(typeof(DesiredWindows))]
internal sealed partial class DesiredWindowsJson : JsonSerializerContext;
