using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

/// <summary>A Lease object as it was seen.</summary>
/// <param name="Object">The object; what is not ours in it stays as it is.</param>
/// <param name="SeenAt">When this version was first seen, by the local clock (timestamp): clocks of others are not trusted.</param>
internal sealed record LeaseRecord(JsonObject Object, long SeenAt)
{
    public static readonly ResourceReference Resource = new("coordination.k8s.io", "v1", "leases", true, "Lease");

    public string Version { get; } = Object.Object("metadata").String("resourceVersion") ?? "";

    /// <summary>Empty when nobody holds it.</summary>
    public string Holder { get; } = Object.Object("spec").String("holderIdentity") ?? "";

    public TimeSpan Duration { get; } = TimeSpan.FromSeconds(Object.Object("spec").Member("leaseDurationSeconds").AsInt64OrNull() ?? 0);

    public long Transitions { get; } = Object.Object("spec").Member("leaseTransitions").AsInt64OrNull() ?? 0;

    /// <summary>A lease that is not there yet, held.</summary>
    public static JsonObject New(string name, LeaseOptions options, long epoch, DateTimeOffset now) => new()
    {
        ["apiVersion"] = Resource.ApiVersion,
        ["kind"] = Resource.Kind,
        ["metadata"] = new JsonObject { ["namespace"] = options.Namespace, ["name"] = name },
        ["spec"] = Held([], options, epoch, now),
    };

    /// <summary>Held by us from now on.</summary>
    public JsonObject Acquired(LeaseOptions options, long epoch, DateTimeOffset now) => With(spec => Held(spec, options, epoch, now));

    public JsonObject Renewed(DateTimeOffset now) => With(spec => spec["renewTime"] = Time(now));

    /// <summary>Held by nobody, so that others need not wait. Who held it last, and how often, is not forgotten.</summary>
    public JsonObject Released(DateTimeOffset now) => With(spec =>
    {
        spec.Remove("holderIdentity");
        spec["leaseDurationSeconds"] = 1;
        spec["renewTime"] = Time(now);
    });

    private static JsonObject Held(JsonObject spec, LeaseOptions options, long epoch, DateTimeOffset now)
    {
        spec["holderIdentity"] = options.Identity;
        spec["leaseDurationSeconds"] = (long)Math.Ceiling(options.Duration.TotalSeconds);
        spec["leaseTransitions"] = epoch;
        spec["acquireTime"] = Time(now);
        spec["renewTime"] = Time(now);
        return spec;
    }

    private JsonObject With(Action<JsonObject> change)
    {
        var copy = (JsonObject)Object.DeepClone();
        change(copy.ObjectOrNew("spec"));
        return copy;
    }

    private static string Time(DateTimeOffset now) => now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
