namespace Flotilla.Api.Definitions;

/// <summary>The field must be there.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MandatoryAttribute : Attribute;

/// <summary>What a text looks like; <see cref="TextForms"/> holds the facts. On a list it is said of the elements.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FormAttribute(TextForm form) : Attribute
{
    public TextForm Form => form;
}

/// <summary>The only words that a text may be.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WordsAttribute(params string[] words) : Attribute
{
    public IReadOnlyList<string> Words => words;
}

/// <summary>Bounds of a number, both included.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BetweenAttribute(double minimum, double maximum) : Attribute
{
    public double Minimum => minimum;

    public double Maximum => maximum;
}

/// <summary>Bounds of a size: characters of a text, elements of a list, entries of a map.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SizeAttribute(int minimum, int maximum) : Attribute
{
    public int Minimum => minimum;

    public int Maximum => maximum;
}

/// <summary>Elements of a list are known by these fields, and merged one by one when several people declare some. Without fields the elements themselves are (a set).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MergedByAttribute(params string[] keys) : Attribute
{
    public IReadOnlyList<string> Keys => keys;
}

/// <summary>A text that may be written as a whole number, too.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NumberOrTextAttribute : Attribute;

/// <summary>JSON of any shape: an object, or a list of objects.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FreeFormAttribute : Attribute
{
    public bool IsList { get; init; }
}

/// <summary>A rule in CEL over <c>self</c>, the value of the type or property, with what people are told when it does not hold.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class RuleAttribute(string expression, string message) : Attribute
{
    public string Expression => expression;

    public string Message => message;

    /// <summary>The field to blame, as <c>.default</c>.</summary>
    public string? Field { get; init; }

    /// <summary>One of the API's reasons: FieldValueInvalid (default), FieldValueForbidden, FieldValueRequired, FieldValueDuplicate.</summary>
    public string? Reason { get; init; }
}

/// <summary>The default that the API fills in.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilledWithAttribute(string value) : Attribute
{
    public string Value => value;
}

/// <summary>Names of a kind beside its own.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KindNamesAttribute(string plural, string shortName) : Attribute
{
    public string Plural => plural;

    public string ShortName => shortName;
}

/// <summary>A column of <c>kubectl get</c>.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class ColumnAttribute(string name, string path, string description) : Attribute
{
    public string Name => name;

    /// <summary>JSONPath, as <c>.spec.role</c>.</summary>
    public string Path => path;

    public string Description => description;

    public string Type { get; init; } = "string";

    /// <summary>Whether only <c>-o wide</c> shows it.</summary>
    public bool Wide { get; init; }
}
