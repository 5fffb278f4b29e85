using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Decoding;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Kinds.Defaulting;

/// <summary>
/// Fills defaults wherever a type occurs in an object: a Probe in a Pod, in a Deployment's template, in a CronJob's … A type's own
/// rule runs before those of its fields.
/// </summary>
internal static class TypeDefaults
{
    private static readonly FrozenDictionary<string, Action<JsonObject>> Rules = new[]
    {
        PodDefaults.Rules, WorkloadDefaults.Rules, CoreDefaults.Rules, ServiceDefaults.Rules, StorageDefaults.Rules, AutoscalingDefaults.Rules,
        RegistrationDefaults.Rules, ControlPlaneDefaults.Rules,
    }.SelectMany(family => family).ToFrozenDictionary(rule => "io.k8s." + rule.Key, rule => rule.Value, StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<GoType, Plan> Plans = new(ReferenceEqualityComparer.Instance);

    /// <summary>Fills the defaults of a decoded object in place.</summary>
    public static void Apply(JsonObject obj, Schema schema) => Apply(obj, PlanOf(GoType.Of(schema)));

    private static void Apply(JsonNode? node, Plan plan)
    {
        switch (node)
        {
            case JsonObject map when plan.Type.Form == GoForm.Map:
                Values(map, plan);
                break;
            case JsonObject obj:
                plan.Rule?.Invoke(obj);
                foreach (var (name, value) in plan.Values)
                    obj.SetMissing(name, value.DeepClone);
                foreach (var (name, field) in plan.Fields)
                {
                    if (obj.TryGetPropertyValue(name, out var child))
                        Apply(child, field.Value);
                }
                break;
            case JsonArray list:
                foreach (var item in list)
                    Apply(item, plan.Element!.Value);
                break;
        }
    }

    private static void Values(JsonObject map, Plan plan)
    {
        for (var i = 0; i < map.Count; i++)
        {
            var value = map.GetAt(i).Value;
            if (plan.Type.Element.Form != GoForm.Quantity)
                Apply(value, plan.Element!.Value);
            else if (Quantity.TryParse(value.AsStringOrNull(), out var quantity) && quantity.RoundedUpToMilli() != quantity)
                map.SetAt(i, quantity.RoundedUpToMilli().ToString());
        }
    }

    private static Plan PlanOf(GoType type) => Plans.GetOrAdd(type, static t => new Plan(t));

    /// <summary>Whether anything inside a type has defaults; types may be recursive.</summary>
    private static bool Matters(GoType type, HashSet<GoType> seen)
    {
        switch (type.Form)
        {
            case GoForm.Map:
                return type.Element.Form == GoForm.Quantity || Matters(type.Element, seen);
            case GoForm.List:
                return Matters(type.Element, seen);
            case GoForm.Struct:
                if (!seen.Add(type))
                    return false;
                return Rules.ContainsKey(type.Name) || type.Fields.Values.Any(field => field.Default is not null || Matters(field.Type, seen));
            default:
                return false;
        }
    }

    /// <summary>What there is to do at a type.</summary>
    private sealed class Plan
    {
        public Plan(GoType type)
        {
            Type = type;
            Rule = Rules.GetValueOrDefault(type.Name);
            if (type.Form == GoForm.Struct)
            {
                Fields = [.. type.Fields.Values.Where(f => Matters(f.Type, [])).Select(f => (f.Name, new Lazy<Plan>(() => PlanOf(f.Type))))];
                Values = [.. type.Fields.Values.Where(f => f.Default is not null).Select(f => (f.Name, f.Default!))];
            }
            if (type.Form is GoForm.List or GoForm.Map)
                Element = new Lazy<Plan>(() => PlanOf(type.Element));
        }

        public GoType Type { get; }

        public Action<JsonObject>? Rule { get; }

        public (string Name, Lazy<Plan> Plan)[] Fields { get; } = [];

        /// <summary>Defaults that the schema itself declares.</summary>
        public (string Name, JsonNode Value)[] Values { get; } = [];

        public Lazy<Plan>? Element { get; }
    }
}
