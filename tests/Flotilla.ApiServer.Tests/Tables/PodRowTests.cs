using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Tables;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Tables;

public sealed class PodRowTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-01-01T01:00:00Z", CultureInfo.InvariantCulture);

    public static TheoryData<string, string, string, string> Pods => new()
    {
        { """{"phase":"Pending"}""", "0/2", "Pending", "0" },
        { """{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}""", "0/2", "SchedulingGated", "0" },
        { """{"phase":"Failed","reason":"Evicted"}""", "0/2", "Evicted", "0" },
        {
            """{"phase":"Running","containerStatuses":[{"name":"a","ready":true,"restartCount":0,"state":{"running":{}}},{"name":"b","ready":false,"restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":1,"finishedAt":"2026-01-01T00:55:00Z"}}}]}""",
            "1/2", "CrashLoopBackOff", "3 (5m ago)"
        },
        {
            """{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"name":"a","ready":true,"restartCount":0,"state":{"running":{}}},{"name":"b","ready":false,"restartCount":0,"state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]}""",
            "1/2", "Running", "0"
        },
        {
            """{"phase":"Running","containerStatuses":[{"name":"a","ready":true,"restartCount":0,"state":{"running":{}}},{"name":"b","ready":false,"restartCount":0,"state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]}""",
            "1/2", "NotReady", "0"
        },
        { """{"phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":137,"signal":9}}}]}""", "0/2", "Signal:9", "0" },
        { """{"phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":2}}}]}""", "0/2", "ExitCode:2", "0" },
    };

    [Theory]
    [MemberData(nameof(Pods))]
    public void The_most_telling_reason_is_the_status(string status, string ready, string reason, string restarts)
    {
        var row = Row("""{"containers":[{"name":"a"},{"name":"b"}]}""", status);
        Assert.Equal([ready, reason, restarts], [row[1], row[2], row[3]]);
    }

    [Theory]
    [InlineData("""[{"name":"i","state":{"waiting":{"reason":"PodInitializing"}}}]""", "Init:0/2", "0/1")]
    [InlineData("""[{"name":"i","state":{"waiting":{"reason":"ImagePullBackOff"}}}]""", "Init:ImagePullBackOff", "0/1")]
    [InlineData("""[{"name":"i","state":{"terminated":{"exitCode":0}}},{"name":"j","state":{"running":{}}}]""", "Init:1/2", "0/1")]
    [InlineData("""[{"name":"i","state":{"terminated":{"exitCode":3}}}]""", "Init:ExitCode:3", "0/1")]
    [InlineData("""[{"name":"i","state":{"terminated":{"exitCode":3,"reason":"Error"}}}]""", "Init:Error", "0/1")]
    public void Init_containers_are_told_until_all_are_done(string initStatuses, string reason, string ready)
    {
        var row = Row(
            """{"initContainers":[{"name":"i"},{"name":"j"}],"containers":[{"name":"a"}]}""",
            $$"""{"phase":"Pending","initContainerStatuses":{{initStatuses}},"containerStatuses":[{"name":"a","state":{"waiting":{"reason":"PodInitializing"} } }]}""");
        Assert.Equal([ready, reason], [row[1], row[2]]);
    }

    [Fact]
    public void Sidecars_count_as_containers()
    {
        var row = Row(
            """{"initContainers":[{"name":"i","restartPolicy":"Always"}],"containers":[{"name":"a"}]}""",
            """{"phase":"Running","initContainerStatuses":[{"name":"i","started":true,"ready":true,"restartCount":2,"state":{"running":{}}}],"containerStatuses":[{"name":"a","ready":true,"restartCount":1,"state":{"running":{}}}]}""");
        Assert.Equal(["2/2", "Running", "3"], [row[1], row[2], row[3]]);
    }

    [Theory]
    [InlineData("""{"phase":"Running"}""", "Terminating")]
    [InlineData("""{"phase":"Running","reason":"NodeLost"}""", "Unknown")]
    [InlineData("""{"phase":"Succeeded"}""", "Succeeded")]
    public void A_pod_being_deleted_says_so_unless_it_is_done(string status, string reason) =>
        Assert.Equal(reason, Row("""{"containers":[{"name":"a"}]}""", status, ""","deletionTimestamp":"2026-01-01T00:59:00Z" """)[2]);

    [Fact]
    public void Wide_columns_tell_where_it_runs()
    {
        var row = Row(
            """{"nodeName":"n1","containers":[{"name":"a"}],"readinessGates":[{"conditionType":"x"},{"conditionType":"y"}]}""",
            """{"phase":"Running","podIPs":[{"ip":"10.0.0.1"}],"conditions":[{"type":"x","status":"True"}]}""");
        Assert.Equal(["10.0.0.1", "n1", "<none>", "1/2"], row[5..]);
    }

    [Fact]
    public void Rows_of_finished_pods_are_marked()
    {
        var table = Print("""{"metadata":{"name":"p"},"status":{"phase":"Succeeded"}}""");
        var condition = table.Array("rows")![0].Array("conditions")![0];
        Assert.Equal(("Completed", "True", "Succeeded"), (condition.String("type"), condition.String("status"), condition.String("reason")));
    }

    private static string[] Row(string spec, string status, string moreMetadata = "") =>
        [.. Print($$"""{"metadata":{"name":"p","creationTimestamp":"2026-01-01T00:00:00Z"{{moreMetadata}}},"spec":{{spec}},"status":{{status}}}""")
            .Array("rows")![0].Array("cells")!.Select(c => c.AsStringOrNull()!)];

    private static JsonObject Print(string pod) =>
        TablePrinter.For("v1", "pods").Print((JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes(pod))!, new TableOptions(), Now);
}
