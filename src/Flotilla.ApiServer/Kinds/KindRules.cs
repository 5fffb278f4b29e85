using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds;

/// <summary>
/// What one kind adds to the handling that all objects share (kube-apiserver calls it a strategy). Objects are already
/// decoded: structure and types fit the schema, unknown fields are gone. Changes are made in place; nothing here does I/O.
/// </summary>
internal abstract class KindRules
{
    /// <summary>Whether <c>metadata.generation</c> counts changes of everything but metadata and status.</summary>
    public virtual bool HasGeneration => false;

    /// <summary>Whether a change increments <c>metadata.generation</c>.</summary>
    public virtual bool ChangesGeneration(JsonObject obj, JsonObject old) => HasGeneration && !EqualBesides(obj, old, "metadata", "status");

    /// <summary>Whether <c>/status</c> is apart: a plain write keeps the old status, a status write keeps all else.</summary>
    public virtual bool HasStatus => false;

    /// <summary>Whether a delete without a propagation policy lets dependents go their own way.</summary>
    public virtual bool OrphansByDefault => false;

    /// <summary>What to warn of when a delete names no propagation policy; null for nothing.</summary>
    public virtual string? PropagationWarning => null;

    /// <summary>Whether a PUT to an object that does not exist creates it (leases, events, endpoints … do).</summary>
    public virtual bool AllowCreateOnUpdate => false;

    /// <summary>Whether an update without resourceVersion is taken (most built-in kinds allow it, custom resources do not).</summary>
    public virtual bool AllowUnconditionalUpdate => true;

    /// <summary>Seconds that a delete waits, given what was asked for; 0 for at once. Only Pods wait.</summary>
    public virtual long GracePeriodSeconds(JsonObject obj, long? asked) => 0;

    /// <summary>Whether an object that goes at once is marked as deleted first, and watchers see both; only Pods.</summary>
    public virtual bool MarksBeforeDelete => false;

    /// <summary>Fields that a field selector may name besides <c>metadata.name</c> and <c>metadata.namespace</c>, with their value.</summary>
    public virtual IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields => NoFields;

    /// <summary>What is wrong with a field selector that names another field.</summary>
    public virtual string UnknownFieldLabel(string label) => $"\"{label}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";

    /// <summary>Group that errors name, where it is not the kind's own (objects that live in another group's storage).</summary>
    public virtual string? GroupInErrors => null;

    /// <summary>Problems of <c>metadata.name</c> (or of generateName's prefix, then <paramref name="prefix"/> is true), as texts.</summary>
    public virtual IEnumerable<string> NameProblems(string name, bool prefix) => Names.DnsSubdomainProblems(name, prefix);

    /// <summary>Fills defaults as the server does on every decode (also for <c>/status</c>).</summary>
    public virtual void Default(JsonObject obj)
    {
    }

    /// <summary>Before a create: drops what a user may not set (the status, where it is apart, was cleared before).</summary>
    public virtual void PrepareForCreate(JsonObject obj)
    {
    }

    /// <summary>Whether a create keeps the status it is given, although <see cref="HasStatus"/> (kubelets register themselves so).</summary>
    public virtual bool KeepsStatusOnCreate => false;

    /// <summary>A warning for every request to the resource; null when it is not deprecated.</summary>
    public virtual string? Deprecation => null;

    /// <summary>Before an update: restores what a user may not change.</summary>
    public virtual void PrepareForUpdate(JsonObject obj, JsonObject old)
    {
    }

    /// <summary>
    /// Before a write to <c>/status</c>: restores all but the status. Labels and annotations of most kinds may be changed so.
    /// </summary>
    public virtual void PrepareForStatusUpdate(JsonObject obj, JsonObject old)
    {
        foreach (var name in obj.Select(member => member.Key).Concat(old.Select(member => member.Key)).Distinct().ToList())
        {
            if (name is "apiVersion" or "kind" or "metadata" or "status")
                continue;
            if (old.Member(name) is { } value)
                obj[name] = value.DeepClone();
            else
                obj.Remove(name);
        }
    }

    /// <summary>Before a write to another subresource that holds the object (approval, finalize, …): restores what it does not change.</summary>
    public virtual void PrepareForSubresource(string subresource, JsonObject obj, JsonObject old)
    {
    }

    /// <summary>After the preparation of any update: notes when something changed, where the kind keeps that.</summary>
    /// <param name="obj">The object.</param>
    /// <param name="old">The stored one.</param>
    /// <param name="now">The time as <c>metav1.Time</c>.</param>
    public virtual void NoteTimes(JsonObject obj, JsonObject old, string now)
    {
    }

    /// <summary>Before a create, after <see cref="PrepareForCreate"/>: notes who asks, where the kind keeps that.</summary>
    public virtual void NoteRequester(JsonObject obj, UserInfo user)
    {
    }

    /// <summary>What the kind itself checks of metadata when an object is created.</summary>
    public virtual MetadataChecks MetadataChecksOnCreate => MetadataChecks.Whole;

    /// <summary>What the kind itself checks of metadata when an object changes (besides what is checked for all kinds).</summary>
    public virtual MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change;

    /// <summary>What the kind itself checks of metadata when a status changes (besides what is checked for all kinds).</summary>
    public virtual MetadataChecks MetadataChecksOnStatusUpdate => MetadataChecks.Change;

    /// <summary>Whether <see cref="Validate"/> runs for an update too.</summary>
    public virtual bool ValidatesWholeOnUpdate => true;

    /// <summary>All problems of an object, besides its metadata.</summary>
    public virtual IEnumerable<FieldError> Validate(JsonObject obj) => [];

    /// <summary>Further problems of a new object.</summary>
    public virtual IEnumerable<FieldError> ValidateCreate(JsonObject obj) => [];

    /// <summary>Further problems of a change (immutable fields …).</summary>
    public virtual IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old) => [];

    /// <summary>Problems of a write to <c>/status</c>.</summary>
    public virtual IEnumerable<FieldError> ValidateStatusUpdate(JsonObject obj, JsonObject old) => [];

    /// <summary>All problems of a write to another subresource, besides metadata.</summary>
    public virtual IEnumerable<FieldError> ValidateSubresource(string subresource, JsonObject obj, JsonObject old) => [];

    /// <summary>Texts for the <c>Warning</c> header (deprecations and the like).</summary>
    public virtual IEnumerable<string> Warnings(JsonObject obj, JsonObject? old) => [];

    /// <summary>Whether two objects are equal but for some of their members.</summary>
    protected static bool EqualBesides(JsonObject left, JsonObject right, params ReadOnlySpan<string> members)
    {
        foreach (var (name, value) in left)
        {
            if (!members.Contains(name) && !JsonNodeExtensions.DeepEquals(value, right.Member(name)))
                return false;
        }
        foreach (var (name, value) in right)
        {
            if (!members.Contains(name) && value is not null && left.Member(name) is null)
                return false;
        }
        return true;
    }

    protected static readonly IReadOnlyDictionary<string, Func<JsonObject, string>> NoFields = new Dictionary<string, Func<JsonObject, string>>();
}

/// <summary>Checks of metadata that a kind's own code repeats; see <see cref="ObjectValidation"/>.</summary>
[Flags]
internal enum MetadataChecks
{
    None = 0,

    /// <summary>The change of metadata.</summary>
    Change = 1,

    /// <summary>Metadata as a whole, names by the kind's own rule.</summary>
    Whole = 2,

    /// <summary>The same again: some kinds validate the whole, then the change, which holds the whole.</summary>
    WholeAgain = 4,
}
