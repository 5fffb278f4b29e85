using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.Client;

/// <summary>Objects and the version at which they were so.</summary>
/// <param name="Items">The objects, each with apiVersion and kind; they belong to the caller.</param>
/// <param name="ResourceVersion">Where a watch goes on.</param>
public sealed record ObjectList(IReadOnlyList<JsonObject> Items, string ResourceVersion);

/// <summary>A part of a list.</summary>
/// <param name="Items">The objects, each with apiVersion and kind; they belong to the caller.</param>
/// <param name="ResourceVersion">The version of the whole list.</param>
/// <param name="StartsOver">The server could not go on with the list: what came before this page is void.</param>
public sealed record ObjectPage(IReadOnlyList<JsonObject> Items, string ResourceVersion, bool StartsOver);
