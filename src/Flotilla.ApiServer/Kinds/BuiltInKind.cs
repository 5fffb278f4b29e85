using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Conversion;
using Flotilla.ApiServer.Kinds.Defaulting;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Kinds;

/// <summary>What a built-in kind has and allows.</summary>
[Flags]
internal enum KindTraits
{
    None = 0,

    /// <summary>See <see cref="KindRules.HasGeneration"/>.</summary>
    Generation = 1,

    /// <summary>See <see cref="KindRules.HasStatus"/>.</summary>
    Status = 2,

    /// <summary>See <see cref="KindRules.AllowCreateOnUpdate"/>.</summary>
    CreateOnUpdate = 4,

    /// <summary>The opposite of <see cref="KindRules.AllowUnconditionalUpdate"/>.</summary>
    ConditionalUpdate = 8,
}

/// <summary>
/// A built-in kind: its defaults are those of its types; subclasses collect problems, of objects in the form that is stored.
/// </summary>
/// <param name="traits">What it has and allows.</param>
/// <param name="names">Rule for names; a DNS subdomain when null.</param>
internal class BuiltInKind(KindTraits traits = KindTraits.None, Func<string, bool, IEnumerable<string>>? names = null) : KindRules
{
    public override bool HasGeneration => traits.HasFlag(KindTraits.Generation);

    public override bool HasStatus => traits.HasFlag(KindTraits.Status);

    public override bool AllowCreateOnUpdate => traits.HasFlag(KindTraits.CreateOnUpdate);

    public override bool AllowUnconditionalUpdate => !traits.HasFlag(KindTraits.ConditionalUpdate);

    public override IEnumerable<string> NameProblems(string name, bool prefix) => names is null ? base.NameProblems(name, prefix) : names(name, prefix);

    public sealed override void Default(JsonObject obj)
    {
        if (BuiltInTypes.Instance.Kind(obj.Text("apiVersion"), obj.Text("kind")) is { } schema)
            TypeDefaults.Apply(obj, schema);
    }

    public sealed override IEnumerable<FieldError> Validate(JsonObject obj)
    {
        var problems = new FieldProblems();
        Check(problems, StoredForms.ToStorage(obj));
        return problems;
    }

    public sealed override IEnumerable<FieldError> ValidateCreate(JsonObject obj)
    {
        var problems = new FieldProblems();
        CheckCreate(problems, StoredForms.ToStorage(obj));
        return problems;
    }

    public sealed override IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old)
    {
        var problems = new FieldProblems();
        CheckUpdate(problems, StoredForms.ToStorage(obj), StoredForms.ToStorage(old));
        return problems;
    }

    public sealed override IEnumerable<FieldError> ValidateStatusUpdate(JsonObject obj, JsonObject old)
    {
        var problems = new FieldProblems();
        CheckStatus(problems, StoredForms.ToStorage(obj), StoredForms.ToStorage(old));
        return problems;
    }

    public sealed override IEnumerable<FieldError> ValidateSubresource(string subresource, JsonObject obj, JsonObject old)
    {
        var problems = new FieldProblems();
        CheckSubresource(problems, subresource, obj, old);
        return problems;
    }

    /// <summary>Collects what is wrong with an object, besides its metadata.</summary>
    protected virtual void Check(FieldProblems problems, JsonObject obj)
    {
    }

    /// <summary>Collects what else is wrong with a new object.</summary>
    protected virtual void CheckCreate(FieldProblems problems, JsonObject obj)
    {
    }

    /// <summary>Collects what is wrong with a change.</summary>
    protected virtual void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
    }

    /// <summary>Collects what is wrong with a new status.</summary>
    protected virtual void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old)
    {
    }

    /// <summary>Collects what is wrong with a write to another subresource.</summary>
    protected virtual void CheckSubresource(FieldProblems problems, string subresource, JsonObject obj, JsonObject old)
    {
    }

    /// <summary>Whether an object is new, or what it asks for is.</summary>
    protected bool IsNew(JsonObject obj, JsonObject? old) => old is null || ChangesGeneration(obj, old);

    /// <summary>The spec; empty when there is none.</summary>
    protected static JsonObject SpecOf(JsonObject obj) => obj.Object("spec") ?? [];

    /// <summary>The status; empty when there is none.</summary>
    protected static JsonObject StatusOf(JsonObject obj) => obj.Object("status") ?? [];

    /// <summary>Keeps the labels of the stored object, for kinds whose <c>/status</c> does not change them.</summary>
    protected static void KeepLabels(JsonObject obj, JsonObject old) => obj.ObjectOrNew("metadata").CopyFrom(old.Object("metadata"), "labels");
}
