// Stand-in until the YAML engineer lands: delete this file then and adapt Resources/ObjectReader.cs and Requests/ObjectResponse.cs.
#pragma warning disable
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;
namespace Flotilla.Kubernetes.Yaml { public sealed class YamlFormatException(string m) : FormatException(m); public static class YamlReader { public static JsonNode? ReadSingle(byte[] b, Action<string>? d) { try { return JsonText.Parse(b, d);} catch (System.Text.Json.JsonException e) { throw new YamlFormatException(e.Message);} } } public static class YamlWriter { public static string Write(JsonNode n) => n.ToJsonString(); } }
