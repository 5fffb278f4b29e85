using System.Text;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// What makes an entry of <c>metadata.managedFields</c> one owner: name, operation, subresource and, for updates, the API version.
/// </summary>
/// <param name="Manager">Name that the client gave, as <c>kubectl</c>.</param>
/// <param name="IsApply">Whether it owns by apply, else by update.</param>
/// <param name="Subresource">As <c>status</c>; empty for the resource itself.</param>
/// <param name="ApiVersion">API version of an update; empty for apply, where one manager has one entry whatever version it uses.</param>
internal sealed record OwnerKey(string Manager, bool IsApply, string Subresource, string ApiVersion)
{
    private string? identifier;

    public static OwnerKey Of(string manager, bool isApply, string subresource, string apiVersion) =>
        new(manager, isApply, subresource, isApply ? "" : apiVersion);

    /// <summary>The text that kube-apiserver sorts owners by.</summary>
    public string Identifier => identifier ??= Identify();

    /// <summary>How a conflict names the owner, as <c>"m1" with subresource "status" using v1</c>.</summary>
    public string Describe()
    {
        var text = FieldScalar.From(Manager).ToString();
        if (Subresource.Length > 0)
            text += $" with subresource {FieldScalar.From(Subresource)}";
        return IsApply ? text : $"{text} using {ApiVersion}";
    }

    public bool Equals(OwnerKey? other) =>
        other is not null && Manager == other.Manager && IsApply == other.IsApply && Subresource == other.Subresource && ApiVersion == other.ApiVersion;

    public override int GetHashCode() => HashCode.Combine(Manager, IsApply, Subresource, ApiVersion);

    private string Identify()
    {
        var text = new StringBuilder("{");
        Append(text, "manager", Manager);
        Append(text, "operation", IsApply ? "Apply" : "Update");
        Append(text, "apiVersion", ApiVersion);
        Append(text, "subresource", Subresource);
        return text.Append('}').ToString();
    }

    private static void Append(StringBuilder text, string name, string value)
    {
        if (value.Length == 0)
            return;
        if (text.Length > 1)
            text.Append(',');
        GoText.AppendJsonString(text, name);
        text.Append(':');
        GoText.AppendJsonString(text, value);
    }
}
