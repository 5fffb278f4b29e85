#!/usr/bin/env dotnet
#:property PublishAot=false
#:property NoWarn=CS1591
// Makes the compact table of field numbers that the API server reads protobuf bodies with.
//
//   dotnet run eng/protobuf-facts.cs -- FOLDER
//
// FOLDER holds, at any depth, the generated.proto files of k8s.io/api, apimachinery, apiextensions-apiserver and kube-aggregator,
// tag v0.36.2 (github.com/kubernetes, Apache-2.0). Only numbers and names are taken. The names are those that JSON has, found by
// comparing the messages with the types the project knows. Run from the root of the repository, after kubernetes-facts.cs.
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

var folder = args is [var given] ? given : throw new ArgumentException("usage: dotnet run eng/protobuf-facts.cs -- FOLDER");
var types = (JsonObject)JsonNode.Parse(File.ReadAllText("src/Flotilla.Kubernetes/Schemas/kubernetes-1.36.json"))!["types"]!;
var messages = new SortedDictionary<string, List<Field>>(StringComparer.Ordinal);
foreach (var file in Directory.EnumerateFiles(folder, "*.proto", SearchOption.AllDirectories))
    Read(File.ReadLines(file), messages);

var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
foreach (var (name, schema) in types)
{
    if (schema!["properties"] is JsonObject properties)
        Describe(name, properties);
}
var table = new StringBuilder("""
    # Fields of Kubernetes' protobuf messages (v1.36), named as JSON names them: facts of the public API types, one message a line
    # (io.k8s. left out). Fields stand in the order of their numbers, from 1; where numbers are skipped, the next is given.
    #   5=field   this field has number 5
    #   ^message  a message whose fields JSON has in the object around it

    """);
foreach (var (name, fields) in lines)
    table.Append(name["io.k8s.".Length..]).Append(": ").Append(fields).Append('\n');
File.WriteAllText("src/Flotilla.ApiServer/Protobuf/protobuf-1.36.txt", table.ToString());

void Describe(string name, JsonObject properties)
{
    var next = 1;
    var words = new List<string>();
    foreach (var field in messages[name].OrderBy(f => f.Number))
    {
        var word = JsonName(field.Name, properties);
        if (word is null)
        {
            Describe(field.Type, properties);
            word = "^" + field.Type["io.k8s.".Length..];
        }
        words.Add(field.Number == next ? word : $"{field.Number}={word}");
        next = field.Number + 1;
    }
    var line = string.Join(' ', words);
    if (lines.TryGetValue(name, out var known) && known != line)
        throw new InvalidDataException($"{name} is named in two ways: {known} and {line}");
    lines[name] = line;
}

// Protobuf has uID for uid, and xKubernetesListType for x-kubernetes-list-type. Null: JSON has no such field, but those beneath it.
static string? JsonName(string name, JsonObject properties)
{
    if (properties.ContainsKey(name))
        return name;
    return properties.Select(p => p.Key).SingleOrDefault(p => string.Concat(p.Where(char.IsLetter)).Equals(name, StringComparison.OrdinalIgnoreCase));
}

static void Read(IEnumerable<string> lines, IDictionary<string, List<Field>> messages)
{
    var package = "";
    List<Field>? message = null;
    foreach (var line in lines.Select(l => l.Trim()).Where(l => l.Length > 0 && !l.StartsWith("//", StringComparison.Ordinal)))
    {
        if (Regex.Match(line, @"^package ([\w.]+);$") is { Success: true } named)
            package = FullName(named.Groups[1].Value);
        else if (Regex.Match(line, @"^message (\w+) \{$") is { Success: true } begin)
            message = messages[$"{package}.{begin.Groups[1].Value}"] = [];
        else if (line == "}")
            message = null;
        else if (message is not null && Regex.Match(line, @"^(?:optional |repeated )?(?:map<string, (\S+)>|(\S+)) (\w+) = (\d+);$") is { Success: true } field)
            message.Add(new Field(int.Parse(field.Groups[4].Value), field.Groups[3].Value, TypeName(field.Groups[1].Value + field.Groups[2].Value, package)));
        else if (message is not null)
            throw new InvalidDataException($"what is this? {line}");
    }
}

static string TypeName(string name, string package) => name.StartsWith('.') ? FullName(name[1..]) : $"{package}.{name}";

static string FullName(string name) => Regex.Replace(name, @"^k8s\.io\.", "io.k8s.").Replace('_', '-');

internal sealed record Field(int Number, string Name, string Type);
