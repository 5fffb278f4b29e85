using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>Warnings about finalizers of custom resources that may clash with those of others.</summary>
internal static class FinalizerWarnings
{
    private const string Advice = "to avoid accidental conflicts with other finalizer writers";

    /// <summary>Only about those that are new.</summary>
    public static IEnumerable<string> Of(JsonObject obj, JsonObject? old)
    {
        var known = Names(old).ToHashSet(StringComparer.Ordinal);
        foreach (var finalizer in Names(obj).Distinct(StringComparer.Ordinal).Where(f => !known.Contains(f)).Order(StringComparer.Ordinal))
        {
            var prefix = $"metadata.finalizers: {FieldError.Quote(finalizer)}: ";
            foreach (var problem in Kinds.Names.QualifiedNameProblems(finalizer))
                yield return prefix + problem;
            if (finalizer.Contains('/', StringComparison.Ordinal) || finalizer is "orphan" or "foregroundDeletion" or "kubernetes")
                continue;
            yield return prefix + (finalizer.Contains('.', StringComparison.Ordinal)
                ? $"prefer a domain-qualified finalizer name including a path (/) {Advice}"
                : $"prefer a domain-qualified finalizer name {Advice}");
        }
    }

    private static IEnumerable<string> Names(JsonObject? obj) =>
        (obj.Object("metadata").Array("finalizers") ?? []).Select(f => f.AsStringOrNull()).OfType<string>();
}
