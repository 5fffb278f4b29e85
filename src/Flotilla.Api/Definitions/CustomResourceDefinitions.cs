using System.Reflection;
using System.Text.Json.Nodes;
using Flotilla.Api.Components;
using Flotilla.Api.Fleets;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Api.Stacks;

namespace Flotilla.Api.Definitions;

/// <summary>The CustomResourceDefinitions of our kinds, made of the records and what their attributes say.</summary>
public static class CustomResourceDefinitions
{
    public const string Group = "flotilla.dev";
    public const string Version = "v1alpha1";

    /// <summary><c>apiVersion</c> of our kinds.</summary>
    public const string ApiVersion = $"{Group}/{Version}";

    /// <summary>Names of our objects end up in labels, which are no longer.</summary>
    private const int LongestName = 63;

    /// <summary>The records of our kinds; each is named as its kind.</summary>
    public static IReadOnlyList<Type> Kinds { get; } =
    [
        typeof(Approval), typeof(Component), typeof(Fleet), typeof(MaintenanceWindow), typeof(Rollout), typeof(RolloutStrategy), typeof(Site), typeof(Stack),
    ];

    /// <summary>All definitions, made anew so that the caller may change them.</summary>
    public static IReadOnlyList<JsonObject> All => [.. Kinds.Select(Of)];

    /// <summary>The names of a kind.</summary>
    public static KindNamesAttribute NamesOf(Type kind) =>
        kind.GetCustomAttribute<KindNamesAttribute>() ?? throw new ArgumentException($"{kind} is no kind", nameof(kind));

    /// <summary>The schema of a kind's objects.</summary>
    public static JsonObject SchemaOf(Type kind)
    {
        var schema = SchemaWriter.Object(kind);
        var properties = (JsonObject)schema["properties"]!;
        properties["apiVersion"] = new JsonObject { ["type"] = "string" };
        properties["kind"] = new JsonObject { ["type"] = "string" };
        properties["metadata"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["name"] = new JsonObject { ["type"] = "string", ["maxLength"] = LongestName } },
        };
        return schema;
    }

    /// <summary>The definition of a kind.</summary>
    public static JsonObject Of(Type kind)
    {
        var names = NamesOf(kind);
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{names.Plural}.{Group}" },
            ["spec"] = new JsonObject
            {
                ["group"] = Group,
                ["scope"] = "Namespaced",
                ["names"] = new JsonObject
                {
                    ["kind"] = kind.Name,
                    ["listKind"] = kind.Name + "List",
                    ["plural"] = names.Plural,
                    ["singular"] = kind.Name.ToLowerInvariant(),
                    ["shortNames"] = new JsonArray(names.ShortName),
                    ["categories"] = new JsonArray("flotilla"),
                },
                ["versions"] = new JsonArray(VersionOf(kind)),
            },
        };
    }

    private static JsonObject VersionOf(Type kind)
    {
        var schema = SchemaOf(kind);
        var version = new JsonObject
        {
            ["name"] = Version,
            ["served"] = true,
            ["storage"] = true,
            ["additionalPrinterColumns"] = Columns(kind),
            ["schema"] = new JsonObject { ["openAPIV3Schema"] = schema },
        };
        if (((JsonObject)schema["properties"]!).ContainsKey("status"))
            version["subresources"] = new JsonObject { ["status"] = new JsonObject() };
        return version;
    }

    private static JsonArray Columns(Type kind)
    {
        var columns = new JsonArray();
        foreach (var column in kind.GetCustomAttributes<ColumnAttribute>())
        {
            var entry = new JsonObject { ["name"] = column.Name, ["type"] = column.Type, ["jsonPath"] = column.Path, ["description"] = column.Description };
            if (column.Wide)
                entry["priority"] = 1;
            columns.Add((JsonNode)entry);
        }
        columns.Add((JsonNode)new JsonObject { ["name"] = "Age", ["type"] = "date", ["jsonPath"] = ".metadata.creationTimestamp", ["description"] = "Since when the object is there." });
        return columns;
    }
}
