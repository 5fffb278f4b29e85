using Flotilla.Kubernetes.Schemas.Rules;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>Paths inside a declared schema that is not compiled yet.</summary>
internal static class RulePath
{
    /// <summary>Follows a path, as <see cref="SchemaPath"/>.</summary>
    public static string? Resolve(string path, SchemaProps schema, out (SchemaProps? Schema, string Problem) result, bool brackets = true) =>
        SchemaPath.Resolve(path, schema, s => s.Properties.Count > 0, (s, name) => s.Property(name), s => s.AdditionalProperties, brackets, out result);
}
