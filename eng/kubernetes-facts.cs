#!/usr/bin/env dotnet
#:property PublishAot=false
#:property NoWarn=CS1591
// Makes the compact facts about Kubernetes' built-in types that the project embeds.
//
//   dotnet run eng/kubernetes-facts.cs -- FOLDER
//
// FOLDER holds kubernetes-1.36-types.json (the schemas of a kube-apiserver's /openapi/v3), kubernetes-1.36-resources.json
// (its discovery) and kubernetes-1.36-columns.json (its Table columns). Run from the root of the repository.
using System.Text.Json;
using System.Text.Json.Nodes;

var folder = args is [var given] ? given : throw new ArgumentException("usage: dotnet run eng/kubernetes-facts.cs -- FOLDER");
JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, $"kubernetes-1.36-{name}.json")))!;

var types = (JsonObject)Read("types")["types"]!;
foreach (var (_, schema) in types)
    Compact(schema);
var facts = new JsonObject { ["types"] = types.DeepClone(), ["resources"] = Read("resources") };
File.WriteAllText("src/Flotilla.Kubernetes/Schemas/kubernetes-1.36.json", facts.ToJsonString());
File.WriteAllText("src/Flotilla.ApiServer/Tables/columns-1.36.json", Read("columns").ToJsonString());

// Go's zero values stand as defaults in OpenAPI ("" and {}); they say nothing. References need no path.
static void Compact(JsonNode? node)
{
    if (node is JsonArray list)
    {
        foreach (var item in list)
            Compact(item);
    }
    if (node is not JsonObject map)
        return;
    if (map["default"] is JsonObject { Count: 0 } || (map["default"] is JsonValue text && text.GetValueKind() == JsonValueKind.String && text.GetValue<string>().Length == 0))
        map.Remove("default");
    if (map["$ref"] is JsonValue reference)
        map["$ref"] = reference.GetValue<string>().Split('/')[^1];
    foreach (var (_, value) in map.ToList())
        Compact(value);
    if (map["allOf"] is JsonArray { Count: 1 } wrapped && wrapped[0] is JsonObject { Count: 1 } only && only["$ref"] is { } target && map.Count == 1)
    {
        map.Remove("allOf");
        map["$ref"] = target.DeepClone();
    }
}
