using System.Globalization;
using System.Text;
using Flotilla.Kubernetes.Cel;

namespace Flotilla.Kubernetes.Tests.Cel;

/// <summary>Values as literals of the language, so that types show.</summary>
internal static class Literal
{
    public static string Of(CelValue value) => value.Kind switch
    {
        CelValueKind.String => Quote(value.String),
        CelValueKind.Uint => value + "u",
        CelValueKind.Double when double.IsFinite(value.Double) && value.ToString().IndexOfAny(['.', 'e']) < 0 => value + ".0",
        CelValueKind.Double when !double.IsFinite(value.Double) => $"double('{value}')",
        CelValueKind.Bytes => "b'" + string.Concat(value.Bytes.Select(b => b is >= 32 and < 127 ? ((char)b).ToString() : "\\x" + b.ToString("x2", CultureInfo.InvariantCulture))) + "'",
        CelValueKind.Timestamp => $"timestamp('{value}')",
        CelValueKind.Duration => $"duration('{value}')",
        CelValueKind.List => "[" + string.Join(", ", Enumerable.Range(0, value.List.Count).Select(i => Of(value.List[i]))) + "]",
        CelValueKind.Map => "{" + string.Join(", ", value.Map.Keys.Select(k => value.Map.TryGet(k, out var v) ? (Of(k), Of(v)) : default).OrderBy(e => e.Item1, StringComparer.Ordinal).Select(e => $"{e.Item1}: {e.Item2}")) + "}",
        CelValueKind.Optional => value.Optional.HasValue ? $"optional.of({Of(value.Optional.Value)})" : "optional.none()",
        CelValueKind.Opaque => $"{value.Opaque.Type.Name}({value})",
        _ => value.ToString(),
    };

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '\'' => "\\'",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                < ' ' or '\x7f' => "\\x" + ((int)c).ToString("x2", CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });
        }
        return quoted.Append('\'').ToString();
    }
}
