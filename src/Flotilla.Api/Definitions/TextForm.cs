using System.Collections.Frozen;

namespace Flotilla.Api.Definitions;

/// <summary>What a text looks like.</summary>
public enum TextForm
{
    Line,
    ObjectName,
    Word,
    ParameterName,
    Version,
    VersionRange,
    Quantity,
    Duration,
    NumberOrPercentage,
    Sha256,
    Digest,
    WebAddress,
    Country,
    TimeZone,
    Date,
    TimeOfDay,
    LocalTime,
    GateKey,
    FieldPath,
    ConditionType,
}

/// <summary>The facts about one form.</summary>
/// <param name="Pattern">Regular expression (RE2) of the whole text; empty when anything goes.</param>
/// <param name="Longest">Most characters.</param>
/// <param name="Says">What it is, to be read after "must be".</param>
public sealed record TextFormFacts(string Pattern, int Longest, string Says);

/// <summary>The one home of how texts are written in our kinds: schemas, checks and documentation read it.</summary>
public static class TextForms
{
    private const string Part = "([0-9]+|[xX*])";
    private const string Suffix = @"(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?";
    private const string Time = "[0-9]+([.][0-9]+)?(ms|us|ns|s|m|h)";
    private const string Day = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
    private const string Bound = $@"(>=|<=|>|<|=|\^|~)? *v?{Part}(\.{Part}){{0,2}}{Suffix}";

    private static readonly FrozenDictionary<TextForm, TextFormFacts> All = new Dictionary<TextForm, TextFormFacts>
    {
        [TextForm.Line] = new(@"^[^\r\n]*$", 1024, "text on one line"),
        [TextForm.ObjectName] = new(@"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", 253, "the name of an object: lower case letters, digits, '-' and '.'"),
        [TextForm.Word] = new("^[A-Za-z][-A-Za-z0-9]*$", 63, "a word of letters, digits and '-', as loadBalancer"),
        [TextForm.ParameterName] = new("^[A-Za-z][-_A-Za-z0-9]*$", 63, "a name of letters, digits, '-' and '_' that begins with a letter, as tills"),
        [TextForm.Version] = new($@"^v?[0-9]+(\.[0-9]+){{0,2}}{Suffix}$", 64, "a version, as 1.33.6 or v1.36.2+k3s1"),
        [TextForm.VersionRange] = new($@"^ *{Bound}( +{Bound})*( *\|\| *{Bound}( +{Bound})*)* *$", 256, "a range of versions, as \">=1.31 <1.35\", \"^1.2\", \"~1.2.3\", \"1.x\" or several joined by ||"),
        [TextForm.Quantity] = new("^[0-9]+([.][0-9]+)?(k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$", 32, "a quantity, as 20M or 512k"),
        [TextForm.Duration] = new($"^([0-9]{{1,5}}d({Time})*|({Time})+)$", 32, "a duration, as 40ms, 1h30m or 45d"),
        [TextForm.NumberOrPercentage] = new("^([0-9]{1,9}|([0-9]|[1-9][0-9]|100)%)$", 9, "a whole number or a percentage from 0% to 100%, as 5 or 10%"),
        [TextForm.Sha256] = new("^[0-9a-f]{64}$", 64, "a SHA-256, 64 lower case hexadecimal digits"),
        [TextForm.Digest] = new("^sha256:[0-9a-f]{64}$", 71, "a digest, as sha256: and 64 lower case hexadecimal digits"),
        [TextForm.WebAddress] = new(@"^https?://[^\s/]+(/\S*)?$", 2048, "an address that begins with https:// or http://"),
        [TextForm.Country] = new("^[A-Z]{2}$", 2, "a country code of ISO 3166-1 in two capital letters, as FR"),
        [TextForm.TimeZone] = new(@"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$", 64, "a time zone of the IANA database, as Europe/Paris"),
        [TextForm.Date] = new($"^{Day}$", 10, "a date, as 2027-06-30"),
        [TextForm.TimeOfDay] = new("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", 5, "a time of day in quotes, as \"22:00\""),
        [TextForm.LocalTime] = new($"^{Day}(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?)?$", 19, "a date, or a date and a time without a zone, as 2027-06-30 or 2027-06-30T22:00"),
        [TextForm.GateKey] = new("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?/(before|after)/[0-9]{1,2}$", 80, "the key of a gate, as canary/after/0"),
        [TextForm.FieldPath] = new(@"^[A-Za-z_][^\s]*$", 256, "the path of a field, as spec.replicas or webhooks[*].clientConfig.caBundle"),
        [TextForm.ConditionType] = new(@"^[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?$", 316, "the type of a condition, as Ready"),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, TextFormFacts> ByPattern = All.Values.ToFrozenDictionary(facts => facts.Pattern, StringComparer.Ordinal);

    /// <summary>The facts about a form.</summary>
    public static TextFormFacts Of(TextForm form) => All[form];

    /// <summary>The form with a pattern; null when it is none of ours.</summary>
    public static TextFormFacts? WithPattern(string pattern) => ByPattern.GetValueOrDefault(pattern);
}
