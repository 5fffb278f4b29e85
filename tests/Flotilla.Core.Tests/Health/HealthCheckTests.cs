using System.Text.Json.Nodes;
using Flotilla.Api.Components;
using Flotilla.Core.Health;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Core.Tests.Health;

public sealed class HealthCheckTests
{
    private const string Deployment = "apiVersion: apps/v1, kind: Deployment, ";
    private const string StatefulSet = "apiVersion: apps/v1, kind: StatefulSet, ";
    private const string DaemonSet = "apiVersion: apps/v1, kind: DaemonSet, ";
    private const string Pod = "apiVersion: v1, kind: Pod, ";
    private const string Job = "apiVersion: batch/v1, kind: Job, ";
    private const string Own = "apiVersion: shop.example.com/v1, kind: Drawer, ";

    public static TheoryData<string, string> Objects => new()
    {
        // Kinds without a status are well once they exist.
        { "apiVersion: v1, kind: ConfigMap, data: {a: b}", "Healthy" },
        { "apiVersion: v1, kind: Secret", "Healthy" },
        { "apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, rules: []", "Healthy" },
        { "apiVersion: v1, kind: ConfigMap, metadata: {deletionTimestamp: '2026-01-01T00:00:00Z'}", "Progressing Terminating is being deleted" },

        { Deployment + "metadata: {generation: 1}, spec: {replicas: 1}", "Progressing NotObserved its controller has not looked at it yet" },
        { Deployment + "metadata: {generation: 2}, status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1}", "Progressing NotObserved its controller has not looked at the last change yet (generation 2, looked at 1)" },
        { Deployment + "metadata: {generation: 2}, spec: {replicas: 3}, status: {observedGeneration: 2, replicas: 3, updatedReplicas: 2, availableReplicas: 3}", "Progressing ReplicasNotReady 2 of 3 replicas are of the newest version" },
        { Deployment + "metadata: {generation: 2}, spec: {replicas: 3}, status: {observedGeneration: 2, replicas: 4, updatedReplicas: 3, availableReplicas: 3}", "Progressing ReplicasNotReady 1 replicas of the old version are still there" },
        { Deployment + "metadata: {generation: 2}, spec: {replicas: 3}, status: {observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 2}", "Progressing ReplicasNotReady 2 of 3 replicas available" },
        { Deployment + "metadata: {generation: 2}, spec: {replicas: 3}, status: {observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3}", "Healthy" },
        { Deployment + "metadata: {generation: 1}, status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1}", "Healthy" },
        { Deployment + "metadata: {generation: 1}, spec: {replicas: 0}, status: {observedGeneration: 1}", "Healthy" },
        { Deployment + "metadata: {generation: 1}, spec: {replicas: 2}, status: {observedGeneration: 1, readyReplicas: 1, conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]}", "Unhealthy ProgressDeadlineExceeded 1 of 2 replicas ready, and no progress within its deadline" },
        { Deployment + "metadata: {generation: 1}, status: {observedGeneration: 1, conditions: [{type: ReplicaFailure, status: 'True', reason: FailedCreate, message: quota}]}", "Unhealthy ReplicaFailure pods cannot be made (FailedCreate: quota)" },

        { StatefulSet + "metadata: {generation: 1}, spec: {replicas: 2}, status: {observedGeneration: 1, replicas: 2, readyReplicas: 1}", "Progressing ReplicasNotReady 1 of 2 replicas ready" },
        { StatefulSet + "metadata: {generation: 1}, spec: {replicas: 2}, status: {observedGeneration: 1, replicas: 2, readyReplicas: 2, updatedReplicas: 1, currentRevision: a, updateRevision: b}", "Progressing ReplicasNotReady 1 of 2 replicas are of the newest version" },
        { StatefulSet + "metadata: {generation: 1}, spec: {replicas: 2}, status: {observedGeneration: 1, replicas: 2, readyReplicas: 2, currentRevision: b, updateRevision: b}", "Healthy" },
        { StatefulSet + "metadata: {generation: 1}, spec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}}, status: {observedGeneration: 1, replicas: 3, readyReplicas: 3, updatedReplicas: 1, currentRevision: a, updateRevision: b}", "Healthy" },
        { StatefulSet + "metadata: {generation: 1}, spec: {replicas: 1, updateStrategy: {type: OnDelete}}, status: {observedGeneration: 1, replicas: 1, readyReplicas: 1, currentRevision: a, updateRevision: b}", "Healthy" },

        { DaemonSet + "metadata: {generation: 1}, status: {observedGeneration: 1, desiredNumberScheduled: 3, updatedNumberScheduled: 2, numberAvailable: 3, numberReady: 3}", "Progressing ReplicasNotReady the newest version runs on 2 of 3 nodes" },
        { DaemonSet + "metadata: {generation: 1}, status: {observedGeneration: 1, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2, numberReady: 3}", "Progressing ReplicasNotReady available on 2 of 3 nodes" },
        { DaemonSet + "metadata: {generation: 1}, status: {observedGeneration: 1, desiredNumberScheduled: 0}", "Healthy" },

        { "apiVersion: apps/v1, kind: ReplicaSet, metadata: {generation: 1}, spec: {replicas: 2}, status: {observedGeneration: 1, replicas: 2, availableReplicas: 1}", "Progressing ReplicasNotReady 1 of 2 replicas available" },

        { Pod + "status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}", "Healthy" },
        { Pod + "status: {phase: Succeeded}", "Healthy" },
        { Pod + "status: {phase: Failed, reason: Evicted, message: no disk}", "Unhealthy PodFailed failed (Evicted: no disk)" },
        { Pod + "status: {phase: Pending, containerStatuses: [{name: till, state: {waiting: {reason: ImagePullBackOff, message: no such image}}}]}", "Unhealthy PodNotReady container till does not start (ImagePullBackOff: no such image)" },
        { Pod + "status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: no memory}]}", "Progressing PodNotReady has no node yet (Unschedulable: no memory)" },

        { Job + "status: {active: 1}", "Progressing JobRunning 0 of 1 pods have finished, 1 run" },
        { Job + "status: {conditions: [{type: Complete, status: 'True'}]}", "Healthy" },
        { Job + "status: {conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded}]}", "Unhealthy JobFailed failed (BackoffLimitExceeded)" },

        { "apiVersion: v1, kind: PersistentVolumeClaim, status: {phase: Bound}", "Healthy" },
        { "apiVersion: v1, kind: PersistentVolumeClaim, status: {phase: Lost}", "Unhealthy ClaimLost its volume is lost" },
        { "apiVersion: v1, kind: PersistentVolumeClaim, status: {phase: Pending}", "Progressing NotBound has no volume yet (phase Pending); with WaitForFirstConsumer it comes with the first pod" },
        { "apiVersion: v1, kind: Service, spec: {type: ClusterIP}, status: {loadBalancer: {}}", "Healthy" },
        { "apiVersion: v1, kind: Service, spec: {type: LoadBalancer}, status: {loadBalancer: {}}", "Progressing NoAddress no load balancer has given it an address yet" },
        { "apiVersion: v1, kind: Service, spec: {type: LoadBalancer}, status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}", "Healthy" },
        { "apiVersion: v1, kind: Namespace, status: {phase: Active}", "Healthy" },
        { "apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, status: {conditions: [{type: NamesAccepted, status: 'True'}, {type: Established, status: 'True'}]}", "Healthy" },
        { "apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition", "Progressing NotEstablished is not served yet" },
        { "apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, status: {conditions: [{type: NamesAccepted, status: 'False', reason: PluralConflict}]}", "Unhealthy NamesNotAccepted its names are taken (PluralConflict)" },
        { "apiVersion: apiregistration.k8s.io/v1, kind: APIService, status: {conditions: [{type: Available, status: 'False', reason: MissingEndpoints}]}", "Progressing NotAvailable is not available (MissingEndpoints)" },
        { "apiVersion: apiregistration.k8s.io/v1, kind: APIService, status: {conditions: [{type: Available, status: 'True'}]}", "Healthy" },
        { "apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {generation: 1}, status: {observedGeneration: 1, conditions: [{type: DisruptionAllowed, status: 'False', reason: InsufficientPods}]}", "Healthy" },
        { "apiVersion: policy/v1, kind: PodDisruptionBudget, status: {conditions: [{type: DisruptionAllowed, status: 'False', reason: SyncFailed}]}", "Unhealthy DisruptionsNotAllowed cannot be worked out (SyncFailed)" },

        { Own + "spec: {coins: 5}", "Healthy" },
        { Own + "status: {coins: 5}", "Healthy" },
        { Own + "status: {conditions: [{type: Ready, status: 'True'}]}", "Healthy" },
        { Own + "status: {conditions: [{type: Ready, status: 'False', reason: Jammed}]}", "Progressing ConditionNotTrue condition Ready is False (Jammed)" },
        { Own + "status: {conditions: [{type: Available, status: Unknown}]}", "Progressing ConditionNotTrue condition Available is Unknown" },
        { Own + "status: {conditions: [{type: Stalled, status: 'True', reason: NoKey}, {type: Ready, status: 'True'}]}", "Unhealthy Stalled says Stalled (NoKey)" },
        { Own + "status: {conditions: [{type: Reconciling, status: 'True'}, {type: Ready, status: 'True'}]}", "Progressing Reconciling is being reconciled" },
        { Own + "metadata: {generation: 3}, status: {observedGeneration: 2, conditions: [{type: Ready, status: 'True'}]}", "Progressing NotObserved its controller has not looked at the last change yet (generation 3, looked at 2)" },
    };

    public static TheoryData<string, HealthRule, string> Rules => new()
    {
        { DaemonSet + "metadata: {generation: 1}, status: {observedGeneration: 1, desiredNumberScheduled: 3, updatedNumberScheduled: 1, numberReady: 2}", new() { MinReady = "80%" }, "Progressing ReplicasNotReady 2 of 3 ready, at least 3 needed" },
        { DaemonSet + "metadata: {generation: 1}, status: {observedGeneration: 1, desiredNumberScheduled: 3, updatedNumberScheduled: 1, numberReady: 2}", new() { MinReady = "2" }, "Healthy" },
        { Deployment + "spec: {replicas: 1}, status: {readyReplicas: 1}", new() { MinReady = "5" }, "Healthy" },
        { Deployment + "spec: {replicas: 1}, status: {readyReplicas: 1}", new() { MinReady = "most" }, "Unhealthy RuleInvalid minReady \"most\" is neither a number nor a percentage; correct the component's health rule" },
        { Own + "status: {conditions: [{type: Open, status: 'True'}]}", new() { Condition = "Open" }, "Healthy" },
        { Own + "spec: {}", new() { Condition = "Open" }, "Progressing ConditionNotTrue condition Open is not there yet" },
        { Own + "status: {coins: 5}", new() { Expression = "self.status.coins > 4" }, "Healthy" },
        { Own + "status: {coins: 5}", new() { Expression = "self.status.coins > 5" }, "Progressing RuleNotMet does not satisfy \"self.status.coins > 5\" yet" },
        { Deployment + "spec: {replicas: 1}", new() { Ignore = true }, "Healthy" },
    };

    [Theory]
    [MemberData(nameof(Objects))]
    public void By_what_the_kind_means(string yaml, string expected) => Assert.Equal(expected, Told(yaml));

    [Theory]
    [MemberData(nameof(Rules))]
    public void By_the_rules_of_the_version(string yaml, HealthRule rule, string expected) => Assert.Equal(expected, Told(yaml, rule));

    [Theory]
    [InlineData("self.status.coins >", "RuleInvalid")]
    [InlineData("self.status.coins > 4", "RuleNotMet")]
    public void A_rule_that_is_wrong_says_so_and_one_about_what_is_not_there_yet_waits(string expression, string reason) =>
        Assert.Contains(reason, Told(Own + "spec: {}", new HealthRule { Expression = expression }), StringComparison.Ordinal);

    private static string Told(string yaml, params HealthRule[] rules)
    {
        var health = HealthCheck.Of((JsonObject)YamlReader.ReadAll($"{{{yaml}}}")[0].Content!, rules);
        return $"{health.State} {health.Reason} {health.Message}".TrimEnd();
    }
}
