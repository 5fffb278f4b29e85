using Flotilla.EndToEnd.Commands;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Access;

/// <summary>What RBAC lets an ordinary user do, as kubectl shows it.</summary>
public sealed class RoleTests(SharedServer server) : KubectlTests(server)
{
    private Kubectl Alice => Kubectl.With("--token", "alicetoken");

    [Fact]
    public async Task An_ordinary_user_may_do_what_a_binding_gives_and_no_more()
    {
        await Does("create -f -", Documents.ConfigMap);
        Assert.Equal(
            "Error from server (Forbidden): configmaps \"settings\" is forbidden: User \"alice\" cannot get resource \"configmaps\" in API group \"\" in the namespace \"default\"\n",
            await Alice.FailAsync(Cancellation, "get", "cm", "settings"));

        await Does("create role reader --verb=get,list --resource=configmaps");
        await Does("create rolebinding readers --role=reader --group=dev");
        Assert.Equal("configmap/settings\n", await Alice.RunAsync(Cancellation, "get", "cm", "-o", "name"));
        Assert.Contains("cannot delete resource \"configmaps\"", await Alice.FailAsync(Cancellation, "delete", "cm", "settings"), StringComparison.Ordinal);
        Assert.Contains("at the cluster scope", await Alice.FailAsync(Cancellation, "get", "cm", "-A"), StringComparison.Ordinal);

        await Does("delete rolebinding readers");
        Assert.Contains("Forbidden", await Alice.FailAsync(Cancellation, "get", "cm"), StringComparison.Ordinal);
        Assert.Contains("Unauthorized", await Kubectl.With("--token", "wrong").FailAsync(Cancellation, "get", "cm"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Nobody_gives_away_what_they_do_not_have()
    {
        await Does("create clusterrole binder --verb=create,get,update --resource=roles.rbac.authorization.k8s.io,rolebindings.rbac.authorization.k8s.io");
        await Does("create clusterrolebinding binders --clusterrole=binder --user=alice");
        var error = await Alice.FailAsync(Cancellation, "create", "role", "thief", "--verb=get", "--resource=secrets");
        Assert.Contains("attempting to grant RBAC permissions not currently held", error, StringComparison.Ordinal);
        await Alice.RunAsync(Cancellation, "create", "role", "fair", "--verb=get", "--resource=roles.rbac.authorization.k8s.io");
    }

    [Fact]
    public async Task Users_can_ask_what_they_may_do()
    {
        Assert.Equal("yes", await Does("auth can-i delete nodes"));
        Assert.Equal("no", (await Alice.TryAsync(Cancellation, "auth", "can-i", "delete", "nodes")).Output.Trim());
        await Does("create role reader --verb=get --resource=configmaps");
        await Does("create rolebinding readers --role=reader --user=alice");
        Assert.Equal("yes\n", await Alice.RunAsync(Cancellation, "auth", "can-i", "get", "configmaps"));
        Assert.Equal("yes", await Does("auth can-i get configmaps --as=alice"));
        Assert.Matches(@"configmaps\s+\[\]\s+\[\]\s+\[get\]", await Alice.RunAsync(Cancellation, "auth", "can-i", "--list"));
        Assert.Matches(@"Username\s+alice", await Alice.RunAsync(Cancellation, "auth", "whoami"));
    }
}
