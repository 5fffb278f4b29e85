// Stand-in until the built-in kinds land: delete this file then.
#pragma warning disable
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
namespace Flotilla.ApiServer.Kinds {
 internal static class BuiltInKinds { sealed class P(string g, string k) : KindRules {
   public override IEnumerable<string> NameProblems(string name, bool prefix) => g == "rbac.authorization.k8s.io" ? Names.PathSegmentProblems(name, prefix) : base.NameProblems(name, prefix);
   public override bool HasStatus => k is "Deployment" or "Namespace";
   public override void PrepareForCreate(JsonObject o) { if (k == "Namespace") { o.ObjectOrNew("spec")["finalizers"] = new JsonArray("kubernetes"); o["status"] = new JsonObject { ["phase"] = "Active" }; } }
   public override void Default(JsonObject o) { if (k == "Namespace") o.ObjectOrNew("metadata").ObjectOrNew("labels")["kubernetes.io/metadata.name"] = o.Object("metadata").String("name"); }
 } public static KindRules Find(string g, string k) => k == "CustomResourceDefinition" ? new Flotilla.ApiServer.CustomResources.CustomResourceDefinitionRules() : new P(g, k); }
}
