using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Workloads;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Kinds.Workloads;

public sealed class WorkloadTests
{
    private const string Template = """{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"a","image":"a:1"}]}}""";

    [Theory]
    [InlineData("apps/v1", "Deployment")]
    [InlineData("apps/v1", "ReplicaSet")]
    [InlineData("apps/v1", "DaemonSet")]
    public void The_selector_never_changes(string apiVersion, string kind)
    {
        var written = Workload(apiVersion, kind, "a");
        Assert.Empty(written.Texts);
        var changed = written.Update(obj => obj.Object("spec").Object("selector")!["matchLabels"] = new JsonObject { ["app"] = "a", ["more"] = "b" });
        Assert.Contains("spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"a\",\"more\":\"b\"}}: field is immutable", changed.Texts);
    }

    [Fact]
    public void A_StatefulSet_keeps_its_service_name()
    {
        var set = Workload("apps/v1", "StatefulSet", "a");
        Assert.Empty(set.Update(obj => obj.Object("spec")!["replicas"] = 3L).Texts);
        Assert.StartsWith("spec: Forbidden: updates to statefulset spec for fields other than 'replicas'",
            Assert.Single(set.Update(obj => obj.Object("spec")!["serviceName"] = "other").Texts), StringComparison.Ordinal);
    }

    [Fact]
    public void Claims_of_a_StatefulSet_say_what_they_are()
    {
        var set = Workload("apps/v1", "StatefulSet", "a").Update(obj => obj.Object("spec")!["volumeClaimTemplates"] = new JsonArray(Written.Parse(
            """{"metadata":{"name":"d"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1024Mi"}}}}""")));
        Assert.Equal("PersistentVolumeClaim", set.Object.Object("spec").Array("volumeClaimTemplates")![0].String("kind"));
        Assert.Equal("1Gi", set.Object.Object("spec").Array("volumeClaimTemplates")![0].Object("spec").Object("resources").Object("requests").String("storage"));
    }

    [Fact]
    public void A_Job_gets_the_selector_and_labels_that_make_its_Pods_its_own()
    {
        var job = Written.Create("""{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"a","image":"a:1"}]}}}}""");
        Assert.Empty(job.Texts);
        var uid = job.Object.Object("metadata").String("uid");
        Assert.Equal(uid, job.Object.Object("spec").Object("selector").Object("matchLabels").String("batch.kubernetes.io/controller-uid"));
        var labels = job.Object.Object("spec").Object("template").Object("metadata").Object("labels");
        Assert.Equal(uid, labels.String("controller-uid"));
        Assert.Equal("j", labels.String("batch.kubernetes.io/job-name"));
    }

    [Fact]
    public void Only_new_templates_are_warned_of_and_status_counts_for_nothing()
    {
        var deployment = Workload("apps/v1", "Deployment", "a.b");
        var rules = deployment.Resource.Rules;
        Assert.Equal(["metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"],
            rules.Warnings(deployment.Object, null));
        var status = deployment.Update("status", obj => obj["status"] = new JsonObject { ["replicas"] = 2L });
        Assert.False(rules.ChangesGeneration(status.Object, deployment.Object));
        Assert.Empty(rules.Warnings(status.Object, deployment.Object));
        Assert.True(rules.ChangesGeneration(deployment.Update(obj => obj.Object("spec")!["replicas"] = 2L).Object, deployment.Object));
    }

    [Theory]
    [InlineData("*/5 * * * *", null)]
    [InlineData("0 0 1 jan,jul mon-fri", null)]
    [InlineData("@every 1h30m", null)]
    [InlineData("@hourly", null)]
    [InlineData("* * * *", "expected exactly 5 fields, found 4: [* * * *]")]
    [InlineData("60 * * * *", "end of range (60) above maximum (59): 60")]
    [InlineData("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1")]
    [InlineData("*/0 * * * *", "step of range should be a positive number: */0")]
    [InlineData("@sometimes", "unrecognized descriptor: @sometimes")]
    public void A_schedule_is_read_as_cron_does(string schedule, string? problem) => Assert.Equal(problem, CronSchedule.Problem(schedule));

    private static Written Workload(string apiVersion, string kind, string name) => Written.Create(
        $$$"""{"apiVersion":"{{{apiVersion}}}","kind":"{{{kind}}}","metadata":{"name":"{{{name}}}"},"spec":{"selector":{"matchLabels":{"app":"a"}},"template":{{{Template}}}}}""");
}
