using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Networking;

/// <summary>Ingresses.</summary>
internal sealed class IngressKind() : BuiltInKind(KindTraits.Generation | KindTraits.Status)
{
    private const string ClassAnnotation = "kubernetes.io/ingress.class";

    private static readonly string[] NotInPaths = ["//", "/./", "/../", "%2f", "%2F"];

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old)
    {
        if (old is null && obj.Object("metadata").Object("annotations").Has(ClassAnnotation))
            yield return $"annotation \"{ClassAnnotation}\" is deprecated, please use 'spec.ingressClassName' instead";
    }

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        if (spec.Length("rules") == 0 && !spec.Has("defaultBackend"))
            problems.Invalid(path, spec.Member("rules"), "either `defaultBackend` or `rules` must be specified");
        if (spec.Object("defaultBackend") is { } backend)
            Backend(problems, path["defaultBackend"], backend);
        foreach (var (at, rule) in spec.Each("rules", path))
            Rule(problems, at, rule);
        foreach (var (at, tls) in spec.Each("tls", path))
        {
            foreach (var (hostAt, host) in tls.EachText("hosts", at))
                Host(problems, hostAt, host);
            if (tls.Text("secretName") is { Length: > 0 } secret)
                problems.Invalid(at["secretName"], secret, Names.DnsSubdomainProblems(secret));
        }
        if (spec.Has("ingressClassName"))
            problems.Invalid(path["ingressClassName"], spec.Text("ingressClassName"), Names.DnsSubdomainProblems(spec.Text("ingressClassName")));
    }

    protected override void CheckCreate(FieldProblems problems, JsonObject obj)
    {
        if (obj.Object("metadata").Object("annotations").Has(ClassAnnotation) && SpecOf(obj).Has("ingressClassName"))
            problems.Invalid(FieldPath.Metadata["annotations"].Key(ClassAnnotation), obj.Object("metadata").Object("annotations").Member(ClassAnnotation),
                "can not be set when the class field is also set");
    }

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        foreach (var (at, ingress) in StatusOf(obj).Object("loadBalancer").Each("ingress", FieldPath.Status["loadBalancer"]))
        {
            if (ingress.Text("ip") is { Length: > 0 } ip)
                IpRules.Check(problems, at["ip"], ip);
            if (ingress.Text("hostname") is not { Length: > 0 } host)
                continue;
            problems.Invalid(at["hostname"], host, Names.DnsSubdomainProblems(host));
            if (IpRules.TryParse(host, out _))
                problems.Invalid(at["hostname"], host, "must be a DNS name, not an IP address");
        }
    }

    private static void Host(FieldProblems problems, FieldPath path, string host) =>
        problems.Invalid(path, host, host.Contains('*', StringComparison.Ordinal) ? Names.WildcardSubdomainProblems(host) : Names.DnsSubdomainProblems(host));

    private static void Rule(FieldProblems problems, FieldPath path, JsonNode? rule)
    {
        if (rule.Text("host") is { Length: > 0 } host)
        {
            if (IpRules.TryParse(host, out _))
                problems.Invalid(path["host"], host, "must be a DNS name, not an IP address");
            Host(problems, path["host"], host);
        }
        if (rule.Object("http") is not { } http)
            return;
        if (http.Length("paths") == 0)
            problems.Required(path["http"]["paths"]);
        foreach (var (at, item) in http.Each("paths", path["http"]))
            Path(problems, at, item);
    }

    private static void Path(FieldProblems problems, FieldPath path, JsonNode? item)
    {
        var text = item.Text("path");
        if (!item.Has("pathType"))
        {
            problems.Required(path["pathType"], "pathType must be specified");
        }
        else if (item.Text("pathType") is "Exact" or "Prefix")
        {
            if (!text.StartsWith('/'))
                problems.Invalid(path["path"], text, "must be an absolute path");
            foreach (var part in NotInPaths.Where(part => text.Contains(part, StringComparison.Ordinal)))
                problems.Invalid(path["path"], text, $"must not contain '{part}'");
            foreach (var end in new[] { "/..", "/." }.Where(end => text.EndsWith(end, StringComparison.Ordinal)))
                problems.Invalid(path["path"], text, $"cannot end with '{end}'");
        }
        else if (item.Text("pathType") != "ImplementationSpecific")
            problems.NotSupported(path["pathType"], item.Text("pathType"), ["Exact", "ImplementationSpecific", "Prefix"]);
        else if (text.Length > 0 && !text.StartsWith('/'))
            problems.Invalid(path["path"], text, "must be an absolute path");
        Backend(problems, path["backend"], item.Object("backend") ?? []);
    }

    private static void Backend(FieldProblems problems, FieldPath path, JsonObject backend)
    {
        var (resource, service) = (backend.Object("resource"), backend.Object("service"));
        if (resource is not null && service is not null)
            problems.Invalid(path, "", "cannot set both resource and service backends");
        else if (resource is not null)
        {
            if (resource.Text("apiGroup") is { Length: > 0 } group)
                problems.Invalid(path["resource"]["apiGroup"], group, Names.DnsSubdomainProblems(group));
            foreach (var field in (ReadOnlySpan<string>)["kind", "name"])
            {
                if (resource.Text(field).Length == 0)
                    problems.Required(path["resource"][field]);
                else
                    problems.Invalid(path["resource"][field], resource.Text(field), Names.PathSegmentProblems(resource.Text(field)));
            }
        }
        else if (service is not null)
            Service(problems, path, service);
        else
            problems.Invalid(path, "", "resource or service backend is required");
    }

    private static void Service(FieldProblems problems, FieldPath path, JsonObject service)
    {
        if (service.Text("name") is { Length: > 0 } name)
            problems.Invalid(path["service"]["name"], name, Names.DnsLabelProblems(name));
        else
            problems.Required(path["service"]["name"]);
        var (portName, number) = (service.Object("port").Text("name"), service.Object("port").Number("number"));
        if (portName.Length > 0 && number != 0)
            problems.Invalid(path, "", "cannot set both port name & port number");
        else if (portName.Length > 0)
            problems.Invalid(path["service"]["port"]["name"], portName, Names.PortNameProblems(portName));
        else if (number != 0)
            problems.InRange(path["service"]["port"]["number"], service.Object("port").Member("number"), 1, 65535);
        else
            problems.Required(path, "port name or number is required");
    }
}
