using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api.Releases;
using Flotilla.Core.Releases.Sources;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases;

/// <summary>The last steps of every object, whether it is made once for all sites or for one.</summary>
internal static class ObjectFinish
{
    /// <summary>Completes an object and writes its line, without the line feed.</summary>
    /// <param name="content">The object; changed.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="component">Its component.</param>
    /// <param name="scopes">Which kinds live in namespaces.</param>
    /// <param name="problems">Told what is wrong; the line is then null.</param>
    public static byte[]? Line(JsonObject content, ManifestObject source, string component, KindScopes scopes, ProblemList problems)
    {
        if (ObjectShape.ProblemOf(content) is var (field, message, remedy))
        {
            problems.Add(source.Problem(field, message + " once placeholders and patches are applied", remedy));
            return null;
        }
        ObjectShape.Clean(content);
        scopes.Settle(content);
        ((JsonObject)content["metadata"]!).ObjectOrNew("labels")[ReleaseLabels.Component] = component;
        try
        {
            return CanonicalJson.Write(content);
        }
        catch (JsonException e)
        {
            problems.Add(source.Problem("", e.Message, "mend the manifest"));
            return null;
        }
    }
}
