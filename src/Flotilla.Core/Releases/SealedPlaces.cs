using System.Text.Json.Nodes;
using Flotilla.Core.Releases.Parameters;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases;

/// <summary>Where sealed values may stand: as values in <c>data</c> and <c>stringData</c> of a Secret, where Kubernetes keeps secrets.</summary>
internal static class SealedPlaces
{
    /// <summary>Fields of an object that hold a sealed value and must not.</summary>
    public static IReadOnlyList<string> Wrong(JsonObject content)
    {
        if (!TreeTemplate.Any(content, static text => SealedMarker.IsIn(text)))
            return [];
        var wrong = new List<string>();
        var isSecret = content.String("apiVersion") == "v1" && content.String("kind") == "Secret";
        foreach (var (key, value) in content)
        {
            if (isSecret && key is "data" or "stringData" && value is JsonObject map)
                wrong.AddRange(map.Where(e => SealedMarker.IsIn(e.Key) || e.Value is JsonObject or JsonArray).Select(e => FieldText.Child(key, e.Key)));
            else
            {
                TreeTemplate.Visit(value, key, (field, text) =>
                {
                    if (SealedMarker.IsIn(text))
                        wrong.Add(field);
                });
            }
        }
        return wrong;
    }
}
