using System.Text.Json.Nodes;
using Flotilla.Api.Definitions;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Api.Tests.Definitions;

/// <summary>What <c>kubectl get</c> shows of our kinds.</summary>
public sealed class ColumnsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("sites",
        """
        apiVersion: flotilla.dev/v1alpha1
        kind: Site
        metadata: {name: shown, namespace: default}
        spec: {displayName: Rue de Rivoli, location: {country: FR}, paused: true}
        """,
        """
        lastSeen: null
        conditions:
        - {type: Connected, status: "True", reason: Connected, lastTransitionTime: 2026-01-01T00:00:00Z}
        - {type: InSync, status: "False", reason: Staging, lastTransitionTime: 2026-01-01T00:00:00Z}
        - {type: Healthy, status: Unknown, reason: Away, lastTransitionTime: 2026-01-01T00:00:00Z}
        kubernetes: {version: v1.36.2, nodes: 3}
        target: {fleet: stores, revision: a, release: b}
        agent: 0.1.0
        """,
        "Name=shown;Fleet=stores;Connected=True;In Sync=False;Up To Date=;Healthy=Unknown;Last Seen=;Why=Staging;Display Name=Rue de Rivoli;Country=FR;Kubernetes=v1.36.2;Nodes=3;Agent=0.1.0;Paused=true")]
    [InlineData("fleets",
        """
        apiVersion: flotilla.dev/v1alpha1
        kind: Fleet
        metadata: {name: shown, namespace: default}
        spec: {selector: {}, stack: store}
        """,
        """
        sites: 20
        inSync: 18
        upToDate: 19
        healthy: 18
        failed: 1
        conditions:
        - {type: Ready, status: "False", reason: ChangeFailing, lastTransitionTime: 2026-01-01T00:00:00Z}
        """,
        "Name=shown;Stack=store;Sites=20;In Sync=18;Up To Date=19;Healthy=18;Failed=1;Ready=False;Why=ChangeFailing;Changing=;Away=;Silent=;Not Enrolled=;Rollout=;Paused=")]
    [InlineData("rollouts",
        """
        apiVersion: flotilla.dev/v1alpha1
        kind: Rollout
        metadata: {name: shown, namespace: default}
        spec: {fleet: stores, revision: r}
        """,
        """
        phase: Paused
        reason: BudgetSpent
        sites: {total: 20, succeeded: 3, applying: 2, failed: 1, soaking: 4, silent: 5, deferred: 6, waiting: 0, staging: 0, staged: 0, rolledBack: 0, skipped: 0, superseded: 0}
        waitingFor: [{reason: Paused}, {reason: Window}]
        """,
        "Name=shown;Fleet=stores;Phase=Paused;Sites=20;Succeeded=3;Changing=2;Failed=1;Waits For=Paused;Why=BudgetSpent;Soaking=4;Silent=5;Deferred=6;Revision=r;Ended=")]
    [InlineData("components",
        """
        apiVersion: flotilla.dev/v1alpha1
        kind: Component
        metadata: {name: shown, namespace: default}
        spec: {role: ingress, project: {licence: Apache-2.0, cncf: incubating, homepage: "https://projectcontour.io"}, versions: [{version: 1.0.0, source: {inline: a}}]}
        """,
        """
        conditions:
        - {type: Ready, status: "True", reason: SourcesReady, lastTransitionTime: 2026-01-01T00:00:00Z}
        """,
        "Name=shown;Role=ingress;Ready=True;Why=SourcesReady;Licence=Apache-2.0;CNCF=incubating;Homepage=https://projectcontour.io")]
    public async Task Columns_show_what_the_object_says(string plural, string yaml, string status, string shown)
    {
        var cancelled = TestContext.Current.CancellationToken;
        var obj = (JsonObject)YamlReader.ReadAll(yaml)[0].Content!;
        var stored = await fixture.Api.ApplyAsync(obj, cancelled);
        stored["status"] = YamlReader.ReadAll(status)[0].Content;
        var resource = new ResourceReference(CustomResourceDefinitions.Group, CustomResourceDefinitions.Version, plural, true, obj.String("kind")!);
        await fixture.Api.Client.UpdateAsync(resource, null, stored, new WriteOptions { Subresource = "status" }, cancelled);

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(fixture.Api.Client.Server, resource.ObjectPath("default", "shown")));
        request.Headers.Add("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
        using var answer = await fixture.Api.Client.SendAsync(request, cancelled);
        var table = JsonText.Parse(await answer.Content.ReadAsByteArrayAsync(cancelled));
        var names = table.Array("columnDefinitions")!.Select(column => column.String("name"));
        var cells = table.Array("rows")![0].Array("cells")!;
        var found = names.Zip(cells, (name, cell) => $"{name}={cell}").Where(text => !text.StartsWith("Age=", StringComparison.Ordinal));
        Assert.Equal(shown, string.Join(';', found));
    }
}
