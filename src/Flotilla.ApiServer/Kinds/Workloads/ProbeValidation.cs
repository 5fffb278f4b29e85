using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Probes, lifecycle hooks, and the actions in them.</summary>
internal static partial class ProbeValidation
{
    private static readonly string[] Schemes = ["HTTP", "HTTPS"];

    public static void Lifecycle(FieldProblems problems, FieldPath path, JsonObject? lifecycle, PodScope scope)
    {
        foreach (var hook in (ReadOnlySpan<string>)["postStart", "preStop"])
        {
            if (lifecycle.Object(hook) is { } handler)
                Handler(problems, path[hook], handler, scope, isProbe: false);
        }
        if (!lifecycle.Has("stopSignal"))
            return;
        var signal = lifecycle.Text("stopSignal");
        if (scope.Os is null)
            problems.Forbidden(path["stopSignal"], "may not be set for containers with empty `spec.os.name`");
        else if (scope.Os == "windows")
            problems.OneOf(path["stopSignal"], signal, "SIGKILL", "SIGTERM");
    }

    public static void Probes(FieldProblems problems, FieldPath path, JsonNode? container, PodScope scope)
    {
        foreach (var name in (ReadOnlySpan<string>)["livenessProbe", "readinessProbe", "startupProbe"])
        {
            if (container.Object(name) is not { } probe)
                continue;
            Probe(problems, path[name], probe, scope);
            if (name != "readinessProbe" && probe.Number("successThreshold") != 1)
                problems.Invalid(path[name]["successThreshold"], probe.Number("successThreshold"), "must be 1");
            if (name == "readinessProbe" && probe.Has("terminationGracePeriodSeconds"))
                problems.Invalid(path[name]["terminationGracePeriodSeconds"], probe.Member("terminationGracePeriodSeconds"), "must not be set for readinessProbes");
        }
    }

    /// <summary>A number of a port, or its name.</summary>
    public static void Port(FieldProblems problems, FieldPath path, JsonNode? port)
    {
        if (port.AsStringOrNull() is { } name)
            problems.Invalid(path, name, Names.PortNameProblems(name));
        else
            problems.InRange(path, port, 1, 65535);
    }

    private static void Probe(FieldProblems problems, FieldPath path, JsonObject probe, PodScope scope)
    {
        Handler(problems, path, probe, scope, isProbe: true);
        foreach (var field in (ReadOnlySpan<string>)["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"])
            problems.NotNegative(path[field], probe.Member(field));
        if (probe.Member("terminationGracePeriodSeconds").AsInt64OrNull() <= 0)
            problems.Invalid(path["terminationGracePeriodSeconds"], probe.Member("terminationGracePeriodSeconds"), "must be greater than 0");
    }

    private static void Handler(FieldProblems problems, FieldPath path, JsonObject handler, PodScope scope, bool isProbe)
    {
        var found = 0;
        foreach (var kind in (ReadOnlySpan<string>)["exec", "httpGet", "tcpSocket", isProbe ? "grpc" : "sleep"])
        {
            if (handler.Object(kind) is not { } action)
                continue;
            if (found++ > 0)
                problems.Forbidden(path[kind], "may not specify more than 1 handler type");
            else
                Action(problems, path[kind], kind, action, scope);
        }
        if (found == 0)
            problems.Required(path, "must specify a handler type");
    }

    private static void Action(FieldProblems problems, FieldPath path, string kind, JsonObject action, PodScope scope)
    {
        switch (kind)
        {
            case "exec" when action.Length("command") == 0:
                problems.Required(path["command"]);
                break;
            case "httpGet":
                HttpGet(problems, path, action);
                break;
            case "tcpSocket" or "grpc":
                Port(problems, path["port"], action.Member("port"));
                break;
            case "sleep" when scope.GracePeriod is { } grace && (action.Number("seconds") < 0 || action.Number("seconds") > grace):
                problems.Invalid(path, action.Number("seconds"), $"must be non-negative and less than terminationGracePeriodSeconds ({grace})");
                break;
        }
    }

    private static void HttpGet(FieldProblems problems, FieldPath path, JsonObject action)
    {
        if (action.Text("path").Length == 0)
            problems.Required(path["path"]);
        Port(problems, path["port"], action.Member("port"));
        problems.OneOf(path["scheme"], action.Text("scheme"), Schemes);
        foreach (var header in action.Array("httpHeaders") ?? [])
        {
            if (!HeaderName().IsMatch(header.Text("name")))
                problems.Invalid(path["httpHeaders"], header.Text("name"),
                    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')");
        }
    }

    [GeneratedRegex(@"^[-A-Za-z0-9]+\z")]
    private static partial Regex HeaderName();
}
