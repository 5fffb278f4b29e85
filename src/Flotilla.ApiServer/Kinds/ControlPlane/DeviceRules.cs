using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.ControlPlane;

/// <summary>What claims ask of devices.</summary>
internal static class DeviceRules
{
    private const int LongestDriver = 63;

    public static void Driver(FieldProblems problems, FieldPath path, string driver)
    {
        if (driver.Length == 0)
        {
            problems.Required(path);
            return;
        }
        if (driver.Length > LongestDriver)
            problems.TooLong(path, LongestDriver);
        problems.Invalid(path, driver, Names.DnsSubdomainProblems(driver));
    }

    public static void Claim(FieldProblems problems, FieldPath path, JsonObject? devices)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, request) in devices.Each("requests", path))
        {
            problems.Invalid(at["name"], request.Text("name"), Names.DnsLabelProblems(request.Text("name")));
            if (!names.Add(request.Text("name")))
                problems.Duplicate(at["name"], request.Text("name"));
            if (request.Has("exactly") == (request.Length("firstAvailable") > 0))
            {
                if (request.Has("exactly"))
                    problems.Invalid(at, request, "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set");
                else
                    problems.Required(at, "exactly one of `exactly` or `firstAvailable` is required");
            }
            if (request.Object("exactly") is { } exact)
                Request(problems, at["exactly"], exact);
            foreach (var (subAt, sub) in request.Each("firstAvailable", at))
            {
                problems.Invalid(subAt["name"], sub.Text("name"), Names.DnsLabelProblems(sub.Text("name")));
                Request(problems, subAt, (JsonObject)sub!);
            }
        }
        foreach (var (at, config) in devices.Each("config", path))
            Configuration(problems, at, config);
    }

    public static void Configuration(FieldProblems problems, FieldPath path, JsonNode? config)
    {
        if (config.Object("opaque") is not { } opaque)
        {
            problems.Required(path["opaque"]);
            return;
        }
        Driver(problems, path["opaque"]["driver"], opaque.Text("driver"));
        if (!opaque.Has("parameters"))
            problems.Required(path["opaque"]["parameters"]);
        else if (opaque.Member("parameters") is not JsonObject)
            problems.Invalid(path["opaque"]["parameters"], "<value omitted>", "must be a valid JSON object");
    }

    public static void Selectors(FieldProblems problems, FieldPath path, JsonObject owner)
    {
        foreach (var (at, selector) in owner.Each("selectors", path))
        {
            if (!selector.Has("cel"))
                problems.Required(at["cel"]);
        }
    }

    private static void Request(FieldProblems problems, FieldPath path, JsonObject request)
    {
        var (name, mode) = (request.Text("deviceClassName"), request.Text("allocationMode"));
        if (name.Length == 0)
            problems.Required(path["deviceClassName"]);
        else
            problems.Invalid(path["deviceClassName"], name, Names.DnsSubdomainProblems(name));
        Selectors(problems, path, request);
        if (mode == "ExactCount" && request.Number("count") <= 0)
            problems.Invalid(path["count"], request.Number("count"), "must be greater than zero");
        else if (mode == "All" && request.Number("count") != 0)
            problems.Invalid(path["count"], request.Number("count"), "must not be specified when allocationMode is 'All'");
        else if (mode is not ("ExactCount" or "All"))
            problems.NotSupported(path["allocationMode"], mode, ["All", "ExactCount"]);
    }
}
