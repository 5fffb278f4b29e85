using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// Server-side apply and the bookkeeping of field owners in <c>metadata.managedFields</c> (KEP-555), with the semantics of
/// kube-apiserver 1.36. One for each kind and version; safe for use by many threads.
/// </summary>
/// <remarks>
/// Objects are in <c>apiVersion</c> of this manager, as the server would show them: decoded, defaulted, before anything that
/// the server itself fills or resets. The results still need what any write needs: defaulting, admission, validation, and
/// last <see cref="ManagedFieldsList.RevertTimes"/>.
/// </remarks>
public sealed class FieldManager
{
    private const int MaxUpdateOwners = 10;

    /// <summary>Fields that nobody owns.</summary>
    internal static readonly FieldSet Stripped = FieldSet.Of(
    [
        FieldPath.Of("apiVersion"), FieldPath.Of("kind"), FieldPath.Of("metadata"),
        .. new[] { "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields", "resourceVersion" }
            .Select(name => FieldPath.Of("metadata", name)),
    ]);

    private readonly FieldType type;
    private readonly string apiVersion;
    private readonly string kind;
    private readonly IReadOnlyDictionary<string, FieldFilter> filters;
    private readonly ConvertObject? convert;
    private readonly JsonObject empty;

    /// <summary>Makes the field manager of a kind.</summary>
    /// <param name="schema">Schema of the kind: a built-in one, or the structural schema of a custom resource version.</param>
    /// <param name="apiVersion">As <c>apps/v1</c>.</param>
    /// <param name="kind">As <c>Deployment</c>.</param>
    /// <param name="filters">What writes can own, by subresource (empty string for the resource itself); what is not listed can own everything.</param>
    /// <param name="convert">Converts objects to other versions of the kind; null when there are none.</param>
    /// <param name="empty">
    /// What an object of the kind has before anybody writes to it: nobody who creates one owns that. For a built-in kind these are
    /// the fields that Go's structs always have (<c>spec: {template: {}}</c>); null for a custom resource. Not changed.
    /// </param>
    public FieldManager(
        Schema schema,
        string apiVersion,
        string kind,
        IReadOnlyDictionary<string, FieldFilter>? filters = null,
        ConvertObject? convert = null,
        JsonObject? empty = null)
    {
        type = FieldType.OfResource(schema);
        this.apiVersion = apiVersion;
        this.kind = kind;
        this.filters = filters ?? new Dictionary<string, FieldFilter>();
        this.convert = convert;
        this.empty = empty ?? new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind };
    }

    /// <summary>Merges a configuration into an object (<c>PATCH</c> with <c>application/apply-patch+yaml</c>).</summary>
    /// <param name="live">The object as stored; null to create it.</param>
    /// <param name="applied">The configuration.</param>
    /// <param name="manager">Who applies.</param>
    /// <param name="force">Whether to take over fields that others own with other values.</param>
    /// <param name="subresource">As <c>status</c>; empty for the resource itself.</param>
    /// <param name="now">Time for the entry of the manager; used only when the object changes.</param>
    /// <returns>
    /// A new object, with <c>metadata.managedFields</c>; equal to <paramref name="live"/> when nothing changed. Neither input is changed.
    /// </returns>
    /// <exception cref="ApiStatusException">409 with all conflicts; 400 when the configuration does not fit the type.</exception>
    public JsonObject Apply(JsonObject? live, JsonObject applied, string manager, bool force, string subresource, DateTimeOffset now)
    {
        RejectUnfit(applied);
        var owners = ReadOrNone(ManagedFieldsList.Of(live));
        if (owners.Count == 0 && live is not null)
            RecordUpdate(empty, live, owners, "before-first-apply", subresource, now);

        var attempt = TryApply(live, applied, owners.Copy(), manager, force, subresource, now);
        if (attempt.Conflicts.Count > 0)
        {
            if (manager == LastApplied.Manager && live is not null && LastApplied.AgreedFields(live, type, apiVersion) is { } agreed)
            {
                attempt.Conflicts.RemoveAll(c => agreed.Contains(c.Path));
                if (attempt.Conflicts.Count == 0)
                    attempt = TryApply(live, applied, owners, manager, force: true, subresource, now);
            }
            if (attempt.Conflicts.Count > 0)
                throw FieldConflict.ToException(attempt.Conflicts);
        }
        ManagedFieldsList.Set(attempt.Result!, attempt.Owners);
        if (manager == LastApplied.Manager)
            LastApplied.Renew(attempt.Result!, applied);
        return attempt.Result!;
    }

    /// <summary>Computes the owners after any other write (<c>POST</c>, <c>PUT</c>, the other patches).</summary>
    /// <param name="live">The object as stored; null when it is created.</param>
    /// <param name="updated">The object to be stored; its <c>metadata.managedFields</c> is set in place. What the client sent there is respected.</param>
    /// <param name="manager">Who writes.</param>
    /// <param name="subresource">As <c>status</c>; empty for the resource itself.</param>
    /// <param name="now">Time for the entry of the manager; used only when it gains fields.</param>
    public void Update(JsonObject? live, JsonObject updated, string manager, string subresource, DateTimeOffset now)
    {
        var owners = OwnersBefore(live, updated, subresource);
        updated.Object("metadata")?.Remove("managedFields");
        // An object without owners got none when it was created, or its user gave them up: it stays so.
        if (live is null || owners.Count > 0)
            RecordUpdate(live ?? empty, updated, owners, manager, subresource, now);
        ManagedFieldsList.Set(updated, owners);
    }

    private Attempt TryApply(JsonObject? live, JsonObject applied, Owners owners, string manager, bool force, string subresource, DateTimeOffset now)
    {
        var key = OwnerKey.Of(NameOrUnknown(manager), isApply: true, subresource, apiVersion);
        var ownership = new Ownership(apiVersion, filters.GetValueOrDefault(subresource));
        var before = live ?? [];
        var liveView = View(before);
        Ownership.Reconcile(liveView, owners);

        var merged = (JsonObject)TypedMerge.Merge(before, applied, type)!;
        var last = owners.TryGet(key, out var found) ? found : default;
        owners[key] = new Owned(ownership.Ownable(FieldSetReader.Read(applied, type)), apiVersion);
        if (last.Fields is not null && !(last.ApiVersion == apiVersion && last.Fields.IsSubsetOf(owners[key].Fields)))
            merged = Prune(ownership, merged, last, owners);

        var comparison = TypedComparison.Compare(before, merged, type);
        var conflicts = ownership.TakeAway(liveView, View(merged), comparison.Filtered(filters.GetValueOrDefault(subresource)), owners, key, force);
        if (conflicts.Count > 0)
            return new Attempt(null, owners, conflicts);
        owners.Set(key, owners[key].Fields.Except(Stripped), apiVersion);
        if (live is null || !comparison.IsSame || !TypedComparison.SameOrder(before, merged, type))
            owners.SetTime(key, Owners.Format(now));
        return new Attempt(merged, owners, conflicts);
    }

    private JsonObject Prune(Ownership ownership, JsonObject merged, Owned last, Owners owners)
    {
        if (View(merged).In(last.ApiVersion) is not { } view)
            return merged;
        var removed = ownership.Pruned(view, last.Fields, owners);
        if (last.ApiVersion == apiVersion)
        {
            TypedRemoval.Remove(merged, removed, type);
            return merged;
        }
        return view.Without(removed).In(apiVersion)?.Object ?? merged;
    }

    private void RecordUpdate(JsonObject live, JsonObject updated, Owners owners, string manager, string subresource, DateTimeOffset now)
    {
        var filter = filters.GetValueOrDefault(subresource);
        var ownership = new Ownership(apiVersion, filter);
        var liveView = View(live);
        Ownership.Reconcile(liveView, owners);
        var comparison = TypedComparison.Compare(live, updated, type).Filtered(filter);
        ownership.TakeAway(liveView, View(updated), comparison, owners, but: null, force: true);

        var gained = comparison.Changed.Except(Stripped);
        if (!gained.IsEmpty)
        {
            var key = OwnerKey.Of(NameOrUnknown(manager), isApply: false, subresource, apiVersion);
            owners[key] = new Owned(owners.TryGet(key, out var previous) ? gained.Union(previous.Fields) : gained, apiVersion);
            owners.SetTime(key, Owners.Format(now));
        }
        AncientChanges.Cap(owners, MaxUpdateOwners);
    }

    private static Owners OwnersBefore(JsonObject? live, JsonObject updated, string subresource)
    {
        if (subresource.Length > 0)
            return ReadOrNone(ManagedFieldsList.Of(live));
        var sent = ManagedFieldsList.Of(updated);
        if (sent is [] or [JsonObject { Count: 0 }])
            return new Owners();
        var owners = ReadOrNone(sent);
        return owners.Count > 0 ? owners : ReadOrNone(ManagedFieldsList.Of(live));
    }

    private void RejectUnfit(JsonObject applied)
    {
        var (version, name) = (applied.String("apiVersion") ?? "", applied.String("kind") ?? "");
        if (version != apiVersion || name != kind)
            throw ApiStatusException.BadRequest($"invalid object type: {GroupVersionKind(version, name)}");
        if (applied.Object("metadata").Member("managedFields") is JsonArray)
            throw ApiStatusException.BadRequest("metadata.managedFields must be nil");
        // kube-apiserver answers 500 here, which says that the server is at fault; it is not.
        if (TypedValidation.Problems(applied, type) is { } problems)
        {
            var metadata = applied.Object("metadata");
            throw ApiStatusException.BadRequest(
                $"failed to create typed patch object ({metadata.String("namespace")}/{metadata.String("name")}; {GroupVersionKind(version, name)}): {problems}");
        }
    }

    private ObjectView View(JsonObject obj) => new(obj, type, apiVersion, convert);

    private static Owners ReadOrNone(JsonArray? entries)
    {
        try
        {
            return ManagedFieldsList.Read(entries);
        }
        catch (FormatException)
        {
            return new Owners();
        }
    }

    private static string NameOrUnknown(string manager) => manager.Length == 0 ? "unknown" : manager;

    private static string GroupVersionKind(string version, string kind) =>
        $"{(version.Contains('/', StringComparison.Ordinal) ? version : "/" + version)}, Kind={kind}";

    private readonly record struct Attempt(JsonObject? Result, Owners Owners, List<FieldConflict> Conflicts);
}
