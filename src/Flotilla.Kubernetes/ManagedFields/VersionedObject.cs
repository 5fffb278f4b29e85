using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>An object in some API version, and the schema of that version.</summary>
public sealed record VersionedObject(JsonObject Object, Schema Schema);

/// <summary>
/// Converts an object to another API version of its kind, for owners that have used that version.
/// </summary>
/// <param name="obj">The object; must not be changed.</param>
/// <param name="apiVersion">The version wanted, as <c>apps/v1</c>.</param>
/// <returns>Null when the version is not known (any more): its owners are dropped.</returns>
public delegate VersionedObject? ConvertObject(JsonObject obj, string apiVersion);
