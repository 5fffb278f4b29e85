// Stand-in until the built-in kinds land: delete this file then.
#pragma warning disable
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;
namespace Flotilla.ApiServer.Kinds {
 internal static class BuiltInKinds { sealed class P : KindRules {} public static KindRules Find(string g, string k) => new P(); }
 internal static class ObjectMetaRules { public static IEnumerable<FieldError> ValidateCreate(JsonObject o, bool ns, KindRules r) => []; public static IEnumerable<FieldError> ValidateUpdate(JsonObject o, JsonObject old, bool ns, KindRules r) => []; }
}
