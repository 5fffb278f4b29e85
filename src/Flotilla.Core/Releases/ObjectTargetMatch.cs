using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.Core.Releases;

/// <summary>Which objects an <see cref="ObjectTarget"/> picks; made once, asked often.</summary>
public sealed class ObjectTargetMatch
{
    private readonly ObjectTarget target;
    private readonly LabelSelector labels;

    /// <summary>Reads a target.</summary>
    /// <exception cref="SelectorException">Its label selector cannot be read.</exception>
    public ObjectTargetMatch(ObjectTarget target) => (this.target, labels) = (target, LabelSelector.Parse(target.LabelSelector));

    /// <summary>Whether it picks this object.</summary>
    public bool Matches(JsonObject content) => Matches(content, static _ => false);

    /// <summary>Whether it may pick this object, when some of its texts are not known yet.</summary>
    internal bool Matches(JsonObject content, Func<string, bool> isOpen)
    {
        var metadata = content.Object("metadata");
        return Fits(target.ApiVersion, content.String("apiVersion"), static (wanted, found) => wanted == found || wanted == ObjectIdReading.GroupOf(found))
            && Fits(target.Kind, content.String("kind"), string.Equals)
            && Fits(target.Namespace, metadata.String("namespace"), string.Equals)
            && Fits(target.Name, metadata.String("name"), Like)
            && FitsLabels(metadata.Object("labels"));

        bool Fits(string? wanted, string? found, Func<string, string, bool> same) =>
            wanted is null || (found is not null && isOpen(found)) || same(wanted, found ?? "");

        bool FitsLabels(JsonObject? found) =>
            labels.IsEverything || labels.Matches(found) || (found?.Any(l => isOpen(l.Key) || (l.Value.AsStringOrNull() is { } text && isOpen(text))) ?? false);
    }

    /// <summary>Whether a name fits a pattern in which <c>*</c> stands for any run of characters.</summary>
    internal static bool Like(string pattern, string name)
    {
        int p = 0, n = 0, star = -1, mark = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
                (star, mark) = (p++, n);
            else if (p < pattern.Length && pattern[p] == name[n])
                (p, n) = (p + 1, n + 1);
            else if (star >= 0)
                (p, n) = (star + 1, ++mark);
            else
                return false;
        }
        return pattern.AsSpan(p).TrimStart('*').Length == 0;
    }
}
