using System.Text.Json.Nodes;

namespace Flotilla.Core.Releases.Parameters;

/// <summary>A parameter's value, ready to be put in the place of a placeholder.</summary>
/// <param name="Text">As part of a text.</param>
/// <param name="Value">As a value of its own, with its type.</param>
/// <param name="Sealed">Names of sealed values in it.</param>
internal sealed record BoundValue(string Text, JsonNode Value, IReadOnlyList<string> Sealed);
