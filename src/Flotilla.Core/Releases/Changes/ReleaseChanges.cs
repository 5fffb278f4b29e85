using System.Text.Json.Nodes;
using Flotilla.Core.Applying;

namespace Flotilla.Core.Releases.Changes;

/// <summary>What becomes of something.</summary>
public enum ChangeKind
{
    Added,
    Changed,
    Removed,
}

/// <summary>What a site gets when it goes from one release to another.</summary>
/// <param name="Components">Components, by name.</param>
/// <param name="Objects">Objects, by component and id.</param>
public sealed record ReleaseChanges(IReadOnlyList<ComponentChange> Components, IReadOnlyList<ObjectChange> Objects)
{
    /// <summary>Nothing changes.</summary>
    public static ReleaseChanges None { get; } = new([], []);

    /// <summary>Whether nothing changes.</summary>
    public bool IsEmpty => Components.Count + Objects.Count == 0;

    /// <summary>How many objects are of a kind of change.</summary>
    public int Count(ChangeKind kind) => Objects.Count(o => o.Kind == kind);
}

/// <summary>A component that comes, goes, or is another one.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What becomes of it.</param>
/// <param name="Before">The version before; null when it comes.</param>
/// <param name="After">The version after; null when it goes.</param>
public sealed record ComponentChange(string Name, ChangeKind Kind, string? Before, string? After);

/// <summary>An object that comes, goes, or is another one.</summary>
/// <param name="Id">The object.</param>
/// <param name="Component">The component that has it after; before when it goes.</param>
/// <param name="Kind">What becomes of it.</param>
/// <param name="Fields">Fields that differ; empty when it comes or goes.</param>
/// <param name="Before">As it was; null when it comes.</param>
/// <param name="After">As it will be; null when it goes.</param>
public sealed record ObjectChange(ObjectId Id, string Component, ChangeKind Kind, IReadOnlyList<FieldChange> Fields, JsonObject? Before, JsonObject? After);

/// <summary>A field that differs.</summary>
/// <param name="Path">As <c>spec.template.spec.containers[name=proxy].image</c>.</param>
/// <param name="Kind">Whether it comes, goes, or has another value.</param>
/// <param name="Before">As it was.</param>
/// <param name="After">As it will be.</param>
public sealed record FieldChange(string Path, ChangeKind Kind, JsonNode? Before, JsonNode? After);
