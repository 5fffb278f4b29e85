using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.ApiServer.Authorization;

/// <summary>Reads label selectors of objects that were stored before their rules were strict enough.</summary>
internal static class StoredSelector
{
    /// <summary>The selector; one that is not valid selects nothing, so that it fails no request.</summary>
    public static LabelSelector Read(JsonObject? selector)
    {
        try
        {
            return LabelSelector.FromObject(selector);
        }
        catch (SelectorException)
        {
            return LabelSelector.Nothing;
        }
    }
}
