using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Fleets;

/// <summary>The life of a fleet of real components, whatever its hub stands on.</summary>
internal sealed class FleetScenario(FleetGround ground)
{
    private static readonly ResourceReference Deployments = new("apps", "v1", "deployments", true, "Deployment");
    private readonly string[] sites = [.. Enumerable.Range(1, ground.Agents.Count).Select(FleetGround.Site)];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async Task RunAsync()
    {
        await ground.ApplyAsync([.. RealStack.Components(), RealStack.Older(), RealStack.Fleet()]);
        var older = await ground.ConvergedAsync("stores", null);
        await EverySiteRunsAsync("1.32");

        await ground.ApplyAsync(RealStack.Newer());
        var newer = await ground.ConvergedAsync("stores", older);
        await EverySiteRunsAsync("1.33");

        await ground.ApplyAsync(RealStack.Older());
        Assert.Equal(older, await ground.ConvergedAsync("stores", newer));
        await EverySiteRunsAsync("1.32");

        await DriftIsCorrectedAsync(site: 1);
        await WhatSitesShareStaysWhenOneMovesAsync(site: 2);
        await WhatIsProtectedStaysAsync(site: 1, older);
    }

    private async Task EverySiteRunsAsync(string version)
    {
        for (var i = 1; i <= sites.Length; i++)
        {
            var image = await ground.KubectlAt(i).RunAsync(Cancelled, "get", "deployment", "contour", "-n", "projectcontour", "-o", "jsonpath={.spec.template.spec.containers[0].image}");
            Assert.Contains($":v{version}", image, StringComparison.Ordinal);
        }
    }

    private async Task DriftIsCorrectedAsync(int site)
    {
        var kubectl = ground.KubectlAt(site).With("-n", "projectcontour");
        await kubectl.RunAsync(Cancelled, "set", "image", "deployment/contour", "contour=example.com/not-ours:1");
        await kubectl.RunAsync(Cancelled, "delete", "service", "contour");
        await kubectl.RunAsync(Cancelled, "wait", "--for=create", "service/contour", "--timeout=120s");
        using var cluster = ground.ClientAt(site);
        await ground.SeeAsync(cluster, Deployments, "projectcontour", "contour", seen =>
            seen.Object("spec").Object("template").Object("spec").Array("containers")![0].String("image")!.StartsWith("ghcr.io/projectcontour/", StringComparison.Ordinal));
        await ground.SeeInJournalAsync(site, line => line.Contains("DriftCorrected", StringComparison.Ordinal) && line.Contains("Deployment/projectcontour/contour", StringComparison.Ordinal));
        await ground.SeeInJournalAsync(site, line => line.Contains("DriftCorrected", StringComparison.Ordinal) && line.Contains("Service/projectcontour/contour", StringComparison.Ordinal));
    }

    /// <summary>A stack that lacks what came last; the rest is what the site has already.</summary>
    private async Task WhatSitesShareStaysWhenOneMovesAsync(int site)
    {
        var stack = RealStack.Older();
        stack.Object("metadata")!["name"] = "kiosk";
        Without(stack, "policy");
        var fleet = RealStack.Fleet();
        fleet.Object("metadata")!["name"] = "kiosks";
        fleet.Object("spec").Object("selector").Object("matchLabels")!["kind"] = "kiosk";
        fleet.Object("spec")!["stack"] = "kiosk";
        var before = await UidsAsync(site);
        await ground.ApplyAsync(stack, fleet);
        await ground.Kubectl().RunAsync(Cancelled, "label", "site", FleetGround.Site(site), "kind=kiosk", "--overwrite");
        await ground.ConvergedAsync("kiosks", null);
        await ground.KubectlAt(site).RunAsync(Cancelled, "wait", "--for=delete", "deployment/gatekeeper-audit", "-n", "gatekeeper-system", "--timeout=120s");
        var after = await UidsAsync(site);
        Assert.Empty(after.Except(before));
        Assert.All(before.Except(after), gone => Assert.Contains("gatekeeper", gone, StringComparison.Ordinal));
        Assert.Contains(before, uid => uid.Contains("gatekeeper", StringComparison.Ordinal));
    }

    private async Task WhatIsProtectedStaysAsync(int site, string revision)
    {
        var kubectl = ground.KubectlAt(site);
        await kubectl.RunAsync(
            """
            apiVersion: projectcontour.io/v1
            kind: HTTPProxy
            metadata: {name: shop, namespace: default}
            spec: {virtualhost: {fqdn: shop.example.com}}
            ---
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: certificates, namespace: projectcontour}
            spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """, Cancelled, "apply", "-f", "-");
        await kubectl.RunAsync(Cancelled, "wait", "--for=jsonpath={.status.phase}=Bound", "pvc/certificates", "-n", "projectcontour", "--timeout=120s");
        var stack = RealStack.Older();
        Without(stack, "ingress");
        await ground.ApplyAsync(stack);
        await ground.ConvergedAsync("stores", revision);
        await kubectl.RunAsync(Cancelled, "wait", "--for=delete", "deployment/contour", "service/contour", "-n", "projectcontour", "--timeout=120s");
        var definitions = await kubectl.RunAsync(Cancelled, "get", "crds", "-o", "name");
        Assert.Contains("httpproxies.projectcontour.io", definitions, StringComparison.Ordinal);
        Assert.DoesNotContain("contourdeployments.projectcontour.io", definitions, StringComparison.Ordinal);
        await kubectl.RunAsync(Cancelled, "get", "httpproxy", "shop", "-n", "default");
        Assert.Equal("Active", await kubectl.RunAsync(Cancelled, "get", "namespace", "projectcontour", "-o", "jsonpath={.status.phase}"));
        Assert.Equal("Bound", await kubectl.RunAsync(Cancelled, "get", "pvc", "certificates", "-n", "projectcontour", "-o", "jsonpath={.status.phase}"));
        await ground.SeeInJournalAsync(site, line => line.Contains("PruneRefused", StringComparison.Ordinal) && line.Contains("httpproxies.projectcontour.io", StringComparison.Ordinal));
    }

    private async Task<IReadOnlySet<string>> UidsAsync(int site)
    {
        var listed = await ground.KubectlAt(site).RunAsync(
            Cancelled, "get", "namespaces,deployments,daemonsets,services,crds,clusterroles,configmaps", "-A", "-l", "flotilla.dev/component",
            "-o", "jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name} {.metadata.labels.flotilla\\.dev/component} {.metadata.uid}{\"\\n\"}{end}");
        return listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
    }

    private static void Without(JsonObject stack, string role)
    {
        var slots = stack.Object("spec").Array("slots")!;
        foreach (var slot in slots.Where(s => s.String("role") == role).ToList())
            slots.Remove(slot);
        foreach (var after in slots.Select(s => s is JsonObject slot ? slot.Array("after") : null).OfType<JsonArray>())
        {
            foreach (var named in after.Where(n => n.AsStringOrNull() == role).ToList())
                after.Remove(named);
        }
    }
}
