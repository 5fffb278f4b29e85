using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Cel;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Schemas.Rules;

/// <summary>The CEL rules (<c>x-kubernetes-validations</c>) of a schema node and of all nodes below that have some (KEP-2876).</summary>
internal sealed class CelRules
{
    private readonly Schema schema;
    private readonly bool isResource;
    private readonly CompiledRule[] rules;
    private readonly CelRules? items;
    private readonly CelRules? values;
    private readonly Dictionary<string, CelRules> properties = new(StringComparer.Ordinal);

    private CelRules(Schema schema, bool isResource)
    {
        this.schema = schema;
        this.isResource = isResource;
        rules = [.. schema.Validations.Select(rule => new CompiledRule(rule, schema, isResource))];
        items = Of(schema.Items);
        values = Of(schema.AdditionalProperties);
        foreach (var (name, property) in schema.Properties)
        {
            if (Of(property) is { } below)
                properties[name] = below;
        }
    }

    /// <summary>The rules of a schema; null when there are none at all. Values that expressions cannot see have none.</summary>
    public static CelRules? Of(Schema? schema, bool isRoot = false)
    {
        if (schema is null || !schema.HasValidations)
            return null;
        var isResource = isRoot || schema.EmbeddedResource;
        return CelEnvironment.ForRules(schema, isResource) is null ? null : new CelRules(schema, isResource);
    }

    /// <summary>Runs all rules. They share one budget; when that is used up, a last error says so.</summary>
    /// <param name="value">The value.</param>
    /// <param name="old">The value before; null for a new one.</param>
    /// <param name="correlation">For an update: errors in unchanged parts are only warnings then.</param>
    /// <param name="path">Field path of the value; empty for a whole object.</param>
    /// <param name="warn">Gets the errors that are only warnings.</param>
    public IReadOnlyList<FieldError> Validate(JsonNode? value, JsonNode? old, Correlation? correlation, string path = "", Action<FieldError>? warn = null)
    {
        var run = new Run(new CelBudget(), warn);
        run.Node(this, path, value, old, new Ratchet(correlation, null));
        return run.Errors;
    }

    /// <summary>Where the walk is in a change: the part itself when it has a predecessor, and the nearest part above that has.</summary>
    private readonly record struct Ratchet(Correlation? Current, Correlation? Parent)
    {
        public bool IsUnchanged => (Current ?? Parent)?.DeepEqual() == true;

        public Ratchet Key(string field)
        {
            if (Current is null)
                return this;
            return Parent is null && field is "apiVersion" or "kind" ? default : new Ratchet(Current.Key(field), Current);
        }

        public Ratchet Index(int index) => Current is null ? this : new Ratchet(Current.Index(index), Current);
    }

    private sealed class Run(CelBudget budget, Action<FieldError>? warn)
    {
        public List<FieldError> Errors { get; } = [];

        /// <summary>Answers false when nothing more may run.</summary>
        public bool Node(CelRules node, string path, JsonNode? value, JsonNode? old, Ratchet ratchet)
        {
            if (value is null)
                return true;
            if (!Rules(node, path, value, old, ratchet))
                return false;
            return value switch
            {
                JsonArray list => node.items is null || List(node, path, list, old as JsonArray, ratchet),
                JsonObject map => Map(node, path, map, old as JsonObject, ratchet),
                _ => true,
            };
        }

        private bool List(CelRules node, string path, JsonArray list, JsonArray? old, Ratchet ratchet)
        {
            var before = old is not null && node.schema.ListType == "map" ? new ListMapIndex(node.schema, old) : null;
            for (var i = 0; i < list.Count; i++)
            {
                if (!Node(node.items!, $"{path}[{i}]", list[i], before?.Find(list[i]), ratchet.Index(i)))
                    return false;
            }
            return true;
        }

        private bool Map(CelRules node, string path, JsonObject map, JsonObject? old, Ratchet ratchet)
        {
            if (node.values is null && node.properties.Count == 0)
                return true;
            var correlatable = node.schema.MapType is null or "granular" or "atomic";
            foreach (var (name, child) in map)
            {
                var before = correlatable ? old.Member(name) : null;
                if (node.properties.TryGetValue(name, out var property))
                {
                    if (!Node(property, path.Length == 0 ? name : $"{path}.{name}", child, before, ratchet.Key(name)))
                        return false;
                }
                else if (node.values is not null && !Node(node.values, $"{path}[{name}]", child, before, ratchet.Key(name)))
                {
                    return false;
                }
            }
            return true;
        }

        private bool Rules(CelRules node, string path, JsonNode value, JsonNode? old, Ratchet ratchet)
        {
            if (node.rules.Length == 0)
                return true;
            var type = node.schema.Type ?? "";
            if (budget.Remaining <= 0)
                return Exhausted(path, type);
            var self = CelValue.FromJson(value, node.schema, node.isResource);
            var before = old is null ? (CelValue?)null : CelValue.FromJson(old, node.schema, node.isResource);
            foreach (var rule in node.rules)
            {
                if (rule.CompileError is { } problem)
                {
                    Errors.Add(FieldError.Invalid(path, type, $"rule compile error: {problem}"));
                    continue;
                }
                if (rule.UsesOldSelf && before is null && !rule.OptionalOldSelf)
                    continue;
                if (!Rule(rule, Bindings(rule, self, before), path, value, type, ratchet))
                    return false;
            }
            return true;
        }

        private static CelBindings Bindings(CompiledRule rule, CelValue self, CelValue? before)
        {
            var bindings = new CelBindings().Set("self", self);
            if (rule.OptionalOldSelf)
                bindings.Set("oldSelf", before is { } value ? CelValue.OptionalOf(value) : CelValue.OptionalNone);
            else if (before is { } value)
                bindings.Set("oldSelf", value);
            return bindings;
        }

        private bool Rule(CompiledRule rule, CelBindings bindings, string path, JsonNode value, string type, Ratchet ratchet)
        {
            try
            {
                var holds = rule.Holds(bindings, budget);
                if (budget.Remaining < 0)
                    return Exhausted(path, type);
                if (holds)
                    return true;
            }
            catch (CelEvaluationException e)
            {
                return Failed(rule, e, path, type);
            }
            var error = rule.Error(path, value, bindings, budget, type);
            if (!rule.UsesOldSelf && ratchet.IsUnchanged)
                warn?.Invoke(error);
            else
                Errors.Add(error);
            return budget.Remaining >= 0;
        }

        private bool Failed(CompiledRule rule, CelEvaluationException e, string path, string type)
        {
            if (budget.Remaining < 0)
                return Exhausted(path, type);
            if (e.Reason == CelEvaluationFailure.CostLimitExceeded)
            {
                Errors.Add(FieldError.Invalid(path, type, $"'{e.Message}': no further validation rules will be run due to call cost exceeds limit for rule: {rule.Shown}"));
                return false;
            }
            Errors.Add(FieldError.Invalid(path, type, e.Message.StartsWith("no such overload", StringComparison.Ordinal)
                ? $"'{e.Message}': call arguments did not match a supported operator, function or macro signature for rule: {rule.Shown}"
                : $"{e.Message} evaluating rule: {rule.Shown}"));
            return true;
        }

        private bool Exhausted(string path, string type)
        {
            Errors.Add(FieldError.Invalid(path, type, "validation failed due to running out of cost budget, no further validation rules will be run"));
            return false;
        }
    }
}
