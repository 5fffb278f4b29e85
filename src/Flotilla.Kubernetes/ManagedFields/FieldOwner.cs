using System.Globalization;
using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>One entry of <c>metadata.managedFields</c>.</summary>
/// <param name="Manager">Name that the client gave.</param>
/// <param name="IsApply">Whether it owns by server-side apply, else by other writes.</param>
/// <param name="Subresource">As <c>status</c>; empty for the resource itself.</param>
/// <param name="ApiVersion">API version that the fields are in.</param>
/// <param name="Time">When it last changed something, to the second; null when it only ever agreed with what was there.</param>
/// <param name="Fields">What it owns.</param>
public sealed record FieldOwner(string Manager, bool IsApply, string Subresource, string ApiVersion, DateTimeOffset? Time, FieldSet Fields)
{
    /// <summary>All owners of an object, in the order of the list.</summary>
    /// <exception cref="FormatException">The list is malformed.</exception>
    public static IReadOnlyList<FieldOwner> AllOf(JsonObject obj)
    {
        var owners = ManagedFieldsList.Read(ManagedFieldsList.Of(obj));
        return
        [
            .. owners.Sorted().Select(key => new FieldOwner(
                key.Manager, key.IsApply, key.Subresource, owners[key].ApiVersion,
                DateTimeOffset.TryParse(owners.Time(key), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null,
                owners[key].Fields)),
        ];
    }

    /// <summary>What a manager owns by apply, through any subresource.</summary>
    /// <exception cref="FormatException">The list is malformed.</exception>
    public static FieldSet AppliedBy(JsonObject obj, string manager) => AllOf(obj)
        .Where(owner => owner.IsApply && owner.Manager == manager)
        .Aggregate(FieldSet.Empty, (fields, owner) => fields.Union(owner.Fields));
}
