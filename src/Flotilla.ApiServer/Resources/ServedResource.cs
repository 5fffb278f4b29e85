using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.ApiServer.Storage;
using Flotilla.ApiServer.Tables;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Resources;

/// <summary>One resource of one API version as a cluster serves it: everything a request needs to know of its kind.</summary>
internal abstract class ServedResource(ResourceType type)
{
    private readonly byte[] head = Encoding.UTF8.GetBytes($"\"kind\":\"{type.Kind}\",\"apiVersion\":\"{type.ApiVersion}\",");

    public ResourceType Type => type;

    public string Group => type.Group;

    public string Plural => type.Plural;

    /// <summary>How failures name the resource: <c>deployments.apps</c>.</summary>
    public string Qualified => type.GroupResource;

    /// <summary>Where the objects are kept; versions of one kind share it.</summary>
    public virtual string StorageName => type.GroupResource;

    /// <summary>Whether it comes from a CRD (those answer in a few things differently).</summary>
    public abstract bool IsCustom { get; }

    public abstract Schema Schema { get; }

    public abstract KindRules Rules { get; }

    public abstract FieldManager Fields { get; }

    public abstract TablePrinter Table { get; }

    /// <summary>How it scales; null when it does not.</summary>
    public virtual IScaleMapping? Scale => null;

    /// <summary>How objects begin: <c>"kind":"…","apiVersion":"…",</c>. Items of built-in lists go without it.</summary>
    public ReadOnlySpan<byte> Head => head;

    /// <summary>Makes what was parsed fit the schema: types checked, unknown fields dropped and reported by path.</summary>
    /// <exception cref="Flotilla.Kubernetes.Errors.ApiStatusException">400: a value is of a type that cannot be decoded.</exception>
    public abstract void Decode(JsonObject obj, Action<string> onUnknownField);

    /// <summary>Takes away the status that a client sent with a new object.</summary>
    public virtual void ClearStatus(JsonObject obj) => obj.Remove("status");

    /// <summary>The object in the version that is stored; the same object when there is only one.</summary>
    public virtual JsonObject ToStorage(JsonObject obj) => obj;

    /// <summary>A stored object in this version; the same object when there is only one.</summary>
    public virtual JsonObject FromStorage(JsonObject stored) => stored;

    /// <summary>Whether an object's stored bytes are what this version shows.</summary>
    public virtual bool ServesAsStored(StoredObject stored) => true;

    public bool Serves(string verb) => type.Verbs.Contains(verb);

    public SubresourceType? Subresource(string name)
    {
        foreach (var candidate in type.Subresources)
        {
            if (candidate.Name == name)
                return candidate;
        }
        return null;
    }
}
