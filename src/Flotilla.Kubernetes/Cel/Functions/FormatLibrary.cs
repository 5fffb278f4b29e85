using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Values;
using Flotilla.Kubernetes.Schemas.Formats;
using Flotilla.Kubernetes.Selectors;
using Flotilla.Kubernetes.Text;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Kubernetes' named formats: <c>format.dns1123Label().validate('a')</c> is none, or the problems.</summary>
internal static class FormatLibrary
{
    private static readonly Dictionary<string, NamedFormat> Formats = new()
    {
        ["dns1123Label"] = new("DNS1123Label", 30, DnsNames.Label1123Problems),
        ["dns1123Subdomain"] = new("DNS1123Subdomain", 60, DnsNames.SubdomainProblems),
        ["dns1035Label"] = new("DNS1035Label", 30, DnsNames.Label1035Problems),
        ["qualifiedName"] = new("QualifiedName", 60, LabelSyntax.KeyProblems),
        ["dns1123LabelPrefix"] = new("DNS1123LabelPrefix", 30, static text => DnsNames.Label1123Problems(DnsNames.MaskTrailingDash(text))),
        ["dns1123SubdomainPrefix"] = new("DNS1123SubdomainPrefix", 60, static text => DnsNames.SubdomainProblems(DnsNames.MaskTrailingDash(text))),
        ["dns1035LabelPrefix"] = new("DNS1035LabelPrefix", 30, static text => DnsNames.Label1035Problems(DnsNames.MaskTrailingDash(text))),
        ["labelValue"] = new("LabelValue", 40, LabelSyntax.ValueProblems),
        ["uri"] = new("URI", 1103, static text => Uris.IsRequestUri(text) ? [] : [$"parse {Errors.FieldError.Quote(text)}: invalid URI for request"]),
        ["uuid"] = new("uuid", 70, static text => Check("uuid", text, "does not match the UUID format")),
        ["byte"] = new("byte", 84, static text => Check("byte", text, "invalid base64")),
        ["date"] = new("date", 71, static text => Check("date", text, "invalid date")),
        ["datetime"] = new("datetime", 71, static text => Check("datetime", text, "invalid datetime")),
    };

    public static void Declare(FunctionTable table)
    {
        foreach (var (name, format) in Formats)
        {
            var value = CelValue.Of(format);
            table.Global($"format.{name}", $"format.{name}", [], NamedFormat.CelType, (_, _) => value);
        }
        table.Global("format.named", "format-named", [CelType.String], CelType.Optional(NamedFormat.CelType), static (_, a) =>
            Formats.TryGetValue(a[0].String, out var format) ? CelValue.OptionalOf(CelValue.Of(format)) : CelValue.OptionalNone);
        table.Member("validate", "format-validate", [NamedFormat.CelType, CelType.String], CelType.Optional(CelType.List(CelType.String)), static (frame, a) =>
        {
            frame.Work(a[1].String.Length);
            var problems = ((NamedFormat)a[0].Opaque).Validate(a[1].String);
            return problems.Count == 0 ? CelValue.OptionalNone : CelValue.OptionalOf(CelValue.Of(new ArrayList([.. problems.Select(CelValue.Of)])));
        });
    }

    private static IReadOnlyList<string> Check(string format, string text, string problem) => StringFormats.Find(format)!(text) ? [] : [problem];
}

/// <summary>A named format with its check.</summary>
internal sealed class NamedFormat(string name, int patternSize, Func<string, IReadOnlyList<string>> validate) : CelOpaque
{
    public static readonly CelType CelType = new ObjectType("kubernetes.NamedFormat", null);

    public override CelType Type => CelType;

    /// <summary>Length of the pattern that the check amounts to, for its cost.</summary>
    public int PatternSize => patternSize;

    public IReadOnlyList<string> Validate(string text) => validate(text);

    public override bool EqualTo(CelOpaque other) => ((NamedFormat)other).ToString() == name;

    public override string ToString() => name;
}
