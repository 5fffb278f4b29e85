namespace Flotilla.EndToEnd.Commands;

public sealed class ChangeTests(SharedServer server) : KubectlTests(server)
{
    [Fact]
    public async Task The_three_patches_do_what_each_promises()
    {
        await Does("create -f -", Documents.Deployment);
        await Does("patch deployment web -p {\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"second\",\"image\":\"nginx:9\"}]}}}}");
        Assert.Equal("nginx:1 nginx:9", await Images());
        await Does("patch deployment web --type json -p [{\"op\":\"replace\",\"path\":\"/spec/template/spec/containers/0/image\",\"value\":\"nginx:8\"}]");
        Assert.Equal("nginx:8 nginx:9", await Images());
        await Does("patch deployment web --type merge -p {\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"only\",\"image\":\"nginx:7\"}]}}}}");
        Assert.Equal("nginx:7", await Images());
        Assert.Equal("deployment.apps/web patched (no change)", await Does("patch deployment web --type merge -p {}"));

        await Does("patch deployment web --subresource=status --type merge -p {\"status\":{\"replicas\":2},\"spec\":{\"replicas\":9}}");
        Assert.Equal("2 2", await Does("get deployment web -o 'jsonpath={.status.replicas} {.spec.replicas}'"));
        Assert.Contains("is invalid", await Refuses("patch deployment web --type merge -p {\"spec\":{\"replicas\":-1}}"), StringComparison.Ordinal);

        Task<string> Images() => Does("get deployment web -o jsonpath={.spec.template.spec.containers[*].image}");
    }

    [Fact]
    public async Task Labels_annotations_scale_and_images_are_set()
    {
        await Does("create -f -", Documents.Deployment);
        Assert.Equal("deployment.apps/web labeled", await Does("label deployment web crew=small"));
        Assert.Contains("--overwrite is false", await Refuses("label deployment web crew=large"), StringComparison.Ordinal);
        Assert.Equal("deployment.apps/web unlabeled", await Does("label deployment web crew-"));
        Assert.Equal("deployment.apps/web annotated", await Does("annotate deployment web note='two words'"));
        Assert.Equal("deployment.apps/web scaled", await Does("scale deployment web --current-replicas=2 --replicas=5"));
        Assert.Contains("Expected replicas to be 2, was 5", await Refuses("scale deployment web --current-replicas=2 --replicas=6"), StringComparison.Ordinal);
        Assert.Equal("deployment.apps/web image updated", await Does("set image deployment/web first=nginx:5"));
        Assert.Equal("deployment.apps/web env updated", await Does("set env deployment/web -c second COLOUR=red"));
        Assert.Equal("deployment.apps/web resource requirements updated", await Does("set resources deployment web -c first --limits=cpu=200m"));
        Assert.Equal("deployment.apps/web restarted", await Does("rollout restart deployment/web"));
        Assert.Equal("deployment.apps/web paused", await Does("rollout pause deployment/web"));
        Assert.Contains("No rollout history found", await Does("rollout history deployment/web"), StringComparison.Ordinal);
        Assert.Equal(
            "two words 5 nginx:5 red 200m true",
            await Does("get deployment web -o 'jsonpath={.metadata.annotations.note} {.spec.replicas} {.spec.template.spec.containers[0].image} "
                + "{.spec.template.spec.containers[1].env[0].value} {.spec.template.spec.containers[0].resources.limits.cpu} {.spec.paused}'"));
    }

    [Fact]
    public async Task A_custom_resource_is_scaled()
    {
        await Does("create -f -", Documents.Definition);
        await Does("wait --for=condition=Established crd/boats.harbour.example.com --timeout=30s");
        await Does("create -f -", Documents.Boat);
        Assert.Equal("boat.harbour.example.com/anna scaled", await Does("scale boat anna --replicas=4"));
        Assert.Equal("4", await Does("get boat anna -o jsonpath={.spec.sails}"));
        await Does("patch boat anna --subresource=status --type merge -p {\"status\":{\"sails\":3}}");
        Assert.Equal("4 3", await Does("get boat anna --subresource=scale -o 'jsonpath={.spec.replicas} {.status.replicas}'"));
    }

    [Fact]
    public async Task Edit_sends_what_the_editor_changed()
    {
        await Does("create -f -", Documents.ConfigMap);
        var editor = Write("editor", "sed -i 's/a: \"1\"/a: \"edited\"/' \"$1\"\n");
        var edited = await Kubectl.WithEnvironment("EDITOR", $"sh {editor}").RunAsync(Cancellation, "edit", "configmap", "settings");
        Assert.Equal("configmap/settings edited\n", edited);
        Assert.Equal("edited", await Does("get cm settings -o jsonpath={.data.a}"));
    }

    [Fact]
    public async Task Replace_wants_the_version_that_was_read()
    {
        await Does("create -f -", Documents.ConfigMap);
        var read = await Does("get cm settings -o yaml");
        Assert.Equal("configmap/settings replaced", await Does("replace -f -", read.Replace("a: \"1\"", "a: \"replaced\"", StringComparison.Ordinal)));
        Assert.Contains("the object has been modified", await Refuses("replace -f -", read), StringComparison.Ordinal);
        Assert.Equal("configmap \"settings\" deleted\nconfigmap/settings replaced", await Does("replace --force -f -", Documents.ConfigMap));
        Assert.Equal("1", await Does("get cm settings -o jsonpath={.data.a}"));
    }
}
