using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables.Rows;

/// <summary>The row of a Pod: its STATUS column tells the most telling reason of all its containers.</summary>
internal static class PodRow
{
    public static JsonNode?[] Cells(JsonObject pod, DateTimeOffset now)
    {
        var spec = pod.Spec();
        var status = pod.Status();
        var sidecars = spec.Items("initContainers").Where(c => c.String("restartPolicy") == "Always").Select(c => c.String("name")).ToHashSet(StringComparer.Ordinal);
        var summary = new Summary(InitialReason(status));

        var initializing = Initialize(status, sidecars, spec.Count("initContainers"), summary);
        if (!initializing || status.IsTrue("Initialized"))
            Run(status, summary);
        if (pod.IsBeingDeleted())
        {
            if (status.String("reason") == "NodeLost")
                summary.Reason = "Unknown";
            else if (status.String("phase") is not ("Succeeded" or "Failed"))
                summary.Reason = "Terminating";
        }

        return
        [
            pod.Name(), $"{summary.Ready}/{spec.Count("containers") + sidecars.Count}", summary.Reason, summary.RestartText(now), pod.Age(now),
            status.Items("podIPs").FirstOrDefault().Text("ip", status.Text("podIP", CellText.None)), spec.Text("nodeName", CellText.None),
            status.Text("nominatedNodeName", CellText.None), ReadinessGates(spec, status),
        ];
    }

    /// <summary>What marks the row of a finished Pod; null for others.</summary>
    public static JsonArray? Conditions(JsonObject pod) => pod.Status().String("phase") switch
    {
        "Succeeded" => Completed("Succeeded", "The pod has completed successfully."),
        "Failed" => Completed("Failed", "The pod failed."),
        _ => null,
    };

    private static JsonArray Completed(string reason, string message) =>
        [new JsonObject { ["type"] = "Completed", ["status"] = "True", ["reason"] = reason, ["message"] = message }];

    private static string InitialReason(JsonObject? status) =>
        status.Items("conditions").Any(c => c.String("type") == "PodScheduled" && c.String("reason") == "SchedulingGated")
            ? "SchedulingGated"
            : status.Text("reason", status.Text("phase"));

    /// <summary>Looks at init containers up to the first that is not done; true when there is one.</summary>
    private static bool Initialize(JsonObject? status, HashSet<string?> sidecars, long total, Summary summary)
    {
        var index = 0;
        foreach (var container in status.Items("initContainerStatuses"))
        {
            var sidecar = sidecars.Contains(container.String("name"));
            summary.CountRestarts(container, sidecar);
            var state = container.Object("state");
            if (state.Object("terminated") is { } ended && ended.Number("exitCode") == 0)
            {
                index++;
                continue;
            }
            if (sidecar && container.Flag("started"))
            {
                if (container.Flag("ready"))
                    summary.Ready++;
                index++;
                continue;
            }
            summary.Reason = state.Object("terminated") is { } failed
                ? "Init:" + Ended(failed)
                : state.Object("waiting").Text("reason") is { Length: > 0 } waiting and not "PodInitializing"
                    ? "Init:" + waiting
                    : $"Init:{index}/{total}";
            return true;
        }
        return false;
    }

    private static void Run(JsonObject? status, Summary summary)
    {
        summary.KeepSidecarRestarts();
        var running = false;
        foreach (var container in status.Items("containerStatuses").Reverse())
        {
            summary.CountRestarts(container, sidecar: false);
            var state = container.Object("state");
            if (state.Object("waiting").Text("reason") is { Length: > 0 } waiting)
            {
                summary.Reason = waiting;
            }
            else if (state.Object("terminated") is { } ended)
            {
                summary.Reason = Ended(ended);
            }
            else if (container.Flag("ready") && state.Object("running") is not null)
            {
                running = true;
                summary.Ready++;
            }
        }
        if (summary.Reason == "Completed" && running)
            summary.Reason = status.IsTrue("Ready") ? "Running" : "NotReady";
    }

    private static string Ended(JsonObject terminated)
    {
        if (terminated.Text("reason") is { Length: > 0 } reason)
            return reason;
        return terminated.Number("signal") is not 0 and var signal ? $"Signal:{signal}" : $"ExitCode:{terminated.Number("exitCode")}";
    }

    private static string ReadinessGates(JsonObject? spec, JsonObject? status)
    {
        var gates = spec.Items("readinessGates").ToList();
        return gates.Count == 0 ? CellText.None : $"{gates.Count(g => status.IsTrue(g.String("conditionType") ?? ""))}/{gates.Count}";
    }

    private sealed class Summary(string reason)
    {
        private long restarts;
        private long sidecarRestarts;
        private DateTimeOffset? last;
        private DateTimeOffset? lastOfSidecars;

        public string Reason { get; set; } = reason;

        public int Ready { get; set; }

        public void CountRestarts(JsonObject container, bool sidecar)
        {
            var count = container.Number("restartCount");
            var ended = container.Object("lastState").Object("terminated").Time("finishedAt");
            restarts += count;
            last = Later(last, ended);
            if (sidecar)
            {
                sidecarRestarts += count;
                lastOfSidecars = Later(lastOfSidecars, ended);
            }
        }

        /// <summary>Once a Pod is past initialisation, restarts of finished init containers no longer count.</summary>
        public void KeepSidecarRestarts()
        {
            restarts = sidecarRestarts;
            last = lastOfSidecars;
        }

        public string RestartText(DateTimeOffset now) => restarts != 0 && last is not null ? $"{restarts} ({HumanDuration.Since(last, now)} ago)" : $"{restarts}";

        private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b ?? a : a;
    }
}
