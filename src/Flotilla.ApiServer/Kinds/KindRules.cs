using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using ManagedPath = Flotilla.Kubernetes.ManagedFields.FieldPath;

namespace Flotilla.ApiServer.Kinds;

/// <summary>
/// What one kind adds to the handling that all objects share (kube-apiserver calls it a strategy). Objects are already
/// decoded: structure and types fit the schema, unknown fields are gone. Changes are made in place; nothing here does I/O.
/// </summary>
internal abstract class KindRules
{
    /// <summary>Whether <c>metadata.generation</c> counts changes of everything but metadata and status.</summary>
    public virtual bool HasGeneration => false;

    /// <summary>Whether <c>/status</c> is apart: a plain write keeps the old status, a status write keeps all else.</summary>
    public virtual bool HasStatus => false;

    /// <summary>What a write to <c>/status</c> cannot change, and therefore never owns.</summary>
    public virtual IReadOnlyList<ManagedPath> StatusResets { get; } = [ManagedPath.Of("spec"), ManagedPath.Of("metadata", "labels")];

    /// <summary>Whether a PUT to an object that does not exist creates it (leases, events, endpoints … do).</summary>
    public virtual bool AllowCreateOnUpdate => false;

    /// <summary>Whether an update without resourceVersion is taken (most built-in kinds allow it, custom resources do not).</summary>
    public virtual bool AllowUnconditionalUpdate => true;

    /// <summary>Seconds that a delete without explicit grace period waits; 0 for at once.</summary>
    public virtual long DefaultGracePeriodSeconds(JsonObject obj) => 0;

    /// <summary>Fields that a field selector may name besides <c>metadata.name</c> and <c>metadata.namespace</c>, with their value.</summary>
    public virtual IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields => NoFields;

    /// <summary>Problems of <c>metadata.name</c> (or of generateName's prefix, then <paramref name="prefix"/> is true), as texts.</summary>
    public virtual IEnumerable<string> NameProblems(string name, bool prefix) => Names.DnsSubdomainProblems(name, prefix);

    /// <summary>Fills defaults as the server does on every decode (also for <c>/status</c>).</summary>
    public virtual void Default(JsonObject obj)
    {
    }

    /// <summary>Before a create: drops what a user may not set (the status, where it is apart, is dropped by the caller).</summary>
    public virtual void PrepareForCreate(JsonObject obj)
    {
    }

    /// <summary>Before an update: restores what a user may not change.</summary>
    public virtual void PrepareForUpdate(JsonObject obj, JsonObject old)
    {
    }

    /// <summary>Before a write to <c>/status</c>: restores everything else. Metadata besides labels may change, as for most built-in kinds.</summary>
    public virtual void PrepareForStatusUpdate(JsonObject obj, JsonObject old)
    {
        foreach (var key in obj.Select(member => member.Key).Concat(old.Select(member => member.Key)).Distinct().ToList())
        {
            if (key is "status" or "metadata")
                continue;
            if (old.TryGetPropertyValue(key, out var value))
                obj[key] = value?.DeepClone();
            else
                obj.Remove(key);
        }
        if (obj["metadata"] is JsonObject metadata && old["metadata"] is JsonObject before)
        {
            if (before["labels"] is { } labels)
                metadata["labels"] = labels.DeepClone();
            else
                metadata.Remove("labels");
        }
    }

    /// <summary>Whether a change counts as a new generation: by default when anything but metadata and status differs.</summary>
    public virtual bool IsNewGeneration(JsonObject obj, JsonObject old) =>
        obj.Any(member => member.Key is not ("metadata" or "status") && !(old.TryGetPropertyValue(member.Key, out var before) && JsonNodeExtensions.DeepEquals(member.Value, before)))
        || old.Any(member => member.Key is not ("metadata" or "status") && !obj.ContainsKey(member.Key));

    /// <summary>Whether <see cref="Validate"/> runs for an update too.</summary>
    public virtual bool ValidatesWholeOnUpdate => true;

    /// <summary>All problems of an object, besides its metadata.</summary>
    public virtual IEnumerable<FieldError> Validate(JsonObject obj) => [];

    /// <summary>Further problems of a change (immutable fields …).</summary>
    public virtual IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old) => [];

    /// <summary>Problems of a write to <c>/status</c>.</summary>
    public virtual IEnumerable<FieldError> ValidateStatusUpdate(JsonObject obj, JsonObject old) => [];

    /// <summary>Texts for the <c>Warning</c> header (deprecations and the like).</summary>
    public virtual IEnumerable<string> Warnings(JsonObject obj, JsonObject? old) => [];

    protected static readonly IReadOnlyDictionary<string, Func<JsonObject, string>> NoFields = new Dictionary<string, Func<JsonObject, string>>();
}
