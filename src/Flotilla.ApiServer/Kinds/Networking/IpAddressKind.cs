using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Networking;

/// <summary>IPAddresses: named by the address, belonging to one object for ever.</summary>
internal sealed class IpAddressKind() : BuiltInKind(names: (name, prefix) => prefix || IpRules.TryParse(name, out System.Net.IPAddress _) ? [] : ["must be a valid IP address in canonical form"])
{
    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var path = FieldPath.Spec["parentRef"];
        if (SpecOf(obj).Object("parentRef") is not { } parent)
        {
            problems.Required(path);
            return;
        }
        if (parent.Text("group").Length > 0)
            problems.Invalid(path["group"], parent.Text("group"), Names.DnsSubdomainProblems(parent.Text("group")));
        foreach (var field in (ReadOnlySpan<string>)["resource", "name"])
        {
            if (parent.Text(field).Length == 0)
                problems.Required(path[field]);
        }
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) =>
        problems.Unchanged(FieldPath.Spec["parentRef"], SpecOf(obj).Member("parentRef"), SpecOf(old).Member("parentRef"));
}
