using System.Globalization;

namespace Flotilla.Core.Releases;

/// <summary>Paths of fields as Kubernetes writes them: <c>spec.ports[0].name</c>, <c>metadata.labels[a.b/c]</c>.</summary>
internal static class FieldText
{
    public static string Child(string path, string key)
    {
        if (path.Length == 0)
            return key;
        return key.AsSpan().ContainsAny('.', '/', '[') ? $"{path}[{key}]" : $"{path}.{key}";
    }

    public static string Element(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
}
