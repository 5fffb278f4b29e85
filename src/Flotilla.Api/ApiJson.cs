using System.Text.Json.Serialization;
using Flotilla.Api.Components;
using Flotilla.Api.Fleets;
using Flotilla.Api.Releases;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Api.Stacks;
using Flotilla.Api.Sync;

namespace Flotilla.Api;

/// <summary>How everything of this project stands on the wire.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Site))]
[JsonSerializable(typeof(Component))]
[JsonSerializable(typeof(Stack))]
[JsonSerializable(typeof(Fleet))]
[JsonSerializable(typeof(RolloutStrategy))]
[JsonSerializable(typeof(RolloutStrategySpec))]
[JsonSerializable(typeof(LabelSelectorSpec))]
[JsonSerializable(typeof(RolloutStatus))]
[JsonSerializable(typeof(MaintenanceWindow))]
[JsonSerializable(typeof(Rollout))]
[JsonSerializable(typeof(Approval))]
[JsonSerializable(typeof(ReleaseDocument))]
[JsonSerializable(typeof(DesiredState))]
[JsonSerializable(typeof(SyncRequest))]
[JsonSerializable(typeof(SyncResponse))]
[JsonSerializable(typeof(EnrolRequest))]
[JsonSerializable(typeof(EnrolResponse))]
[JsonSerializable(typeof(SiteReport))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(IReadOnlyList<JournalEntry>))]
public sealed partial class ApiJson : JsonSerializerContext;
