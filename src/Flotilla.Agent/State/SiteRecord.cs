using System.Text.Json;
using System.Text.Json.Serialization;
using Flotilla.Agent.Links;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;

namespace Flotilla.Agent.State;

/// <summary>Where the site is in its story. One document, so that all of it changes at once.</summary>
public sealed record SiteRecord
{
    public static readonly SiteRecord Empty = new();

    /// <summary>The newest desired state that was taken, as its envelope.</summary>
    public JsonElement? Envelope { get; init; }

    /// <summary>The newest key set, as its envelope.</summary>
    public JsonElement? KeySet { get; init; }

    /// <summary>Nothing that is not newer is taken.</summary>
    public SignedFloor Floor { get => field ?? SignedFloor.Zero; init; }

    /// <summary>Digest of the release that was last told to be staged.</summary>
    public string? Staged { get; init; }

    /// <summary>The release that was begun last: the one that is kept in force.</summary>
    public ReleaseTarget? Begun { get; init; }

    /// <summary>The sealed values that came with it.</summary>
    public IReadOnlyList<SealedValue> BegunValues { get => field ?? []; init; }

    /// <summary>The release that was last applied as a whole.</summary>
    public AppliedRelease? Applied { get; init; }

    /// <summary>Whether the begun release was applied as a whole since it was begun.</summary>
    public bool IsBegunApplied { get; init; }

    /// <summary>When the begun release was begun.</summary>
    public DateTimeOffset? BegunAt { get; init; }

    /// <summary>How long the release that was last applied as a whole took to that.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>Thumbprint of the site's key of the enrolment that was told last.</summary>
    public string? EnrolledKey { get; init; }

    /// <summary>The loss of state that was told last.</summary>
    public string? Loss { get; init; }

    /// <summary>Journal entries of the last change.</summary>
    [JsonInclude]
    internal Telling? Telling { get; init; }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, StateJson.Default.SiteRecord);
}

/// <summary>The newest that a site has seen signed.</summary>
/// <param name="Time">Signed time: a clock that is behind it is wrong.</param>
public sealed record SignedFloor(long Epoch, long Sequence, DateTimeOffset Time)
{
    public static readonly SignedFloor Zero = new(0, 0, DateTimeOffset.MinValue);

    /// <summary>Whether a state comes after it.</summary>
    public bool IsBelow(DesiredState state) => state.Epoch > Epoch || (state.Epoch == Epoch && state.Sequence > Sequence);

    /// <summary>The higher of both, part by part.</summary>
    public SignedFloor Or(SignedFloor other)
    {
        var newer = (other.Epoch, other.Sequence).CompareTo((Epoch, Sequence)) > 0 ? other : this;
        return newer with { Time = other.Time > Time ? other.Time : Time };
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SiteRecord))]
[JsonSerializable(typeof(SignedFloor))]
[JsonSerializable(typeof(StoredIdentity))]
[JsonSerializable(typeof(LinkRecord))]
internal sealed partial class StateJson : JsonSerializerContext;

/// <summary>The part of an identity that is no secret.</summary>
internal sealed record StoredIdentity(string Site, string Hub, JsonElement Root, string Address, string? Authority, string? EnrolledBy = null);
