using System.Globalization;
using System.Text;

namespace Flotilla.Kubernetes.Client;

/// <summary>Puts a query together.</summary>
internal struct QueryText(string path)
{
    private StringBuilder? text;

    /// <summary>Adds a parameter; null and empty values are left out.</summary>
    public void Add(string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        text = (text is null ? new StringBuilder(path).Append('?') : text.Append('&')).Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }

    public void Add(string name, int value) => Add(name, value == 0 ? null : value.ToString(CultureInfo.InvariantCulture));

    public void Flag(string name, bool value) => Add(name, value ? "true" : null);

    public void DryRun(bool value) => Add("dryRun", value ? "All" : null);

    public override readonly string ToString() => text?.ToString() ?? path;
}
