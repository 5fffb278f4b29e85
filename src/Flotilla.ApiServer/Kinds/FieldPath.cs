using System.Globalization;
using System.Text;

namespace Flotilla.ApiServer.Kinds;

/// <summary>Where a field is; becomes text (<c>spec.ports[0].name</c>) only when there is something to say about it.</summary>
internal sealed class FieldPath
{
    private readonly FieldPath? parent;
    private readonly string? name;
    private readonly int index;
    private readonly bool isKey;

    private FieldPath(FieldPath? parent, string? name, int index = 0, bool isKey = false)
    {
        this.parent = parent;
        this.name = name;
        this.index = index;
        this.isKey = isKey;
    }

    public static readonly FieldPath Metadata = new(null, "metadata");
    public static readonly FieldPath Spec = new(null, "spec");
    public static readonly FieldPath Status = new(null, "status");

    public FieldPath this[string field] => new(this, field);

    public FieldPath this[int element] => new(this, null, element);

    public static FieldPath Of(string field) => new(null, field);

    /// <summary>The entry of a map, as <c>data[some.key]</c>.</summary>
    public FieldPath Key(string key) => new(this, key, isKey: true);

    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text);
        return text.ToString();
    }

    private void Append(StringBuilder text)
    {
        parent?.Append(text);
        if (name is null)
            text.Append(CultureInfo.InvariantCulture, $"[{index}]");
        else if (isKey)
            text.Append('[').Append(name).Append(']');
        else
            text.Append(parent is null ? "" : ".").Append(name);
    }
}
