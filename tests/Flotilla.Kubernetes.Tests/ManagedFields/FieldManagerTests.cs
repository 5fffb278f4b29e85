using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests.ManagedFields;

public sealed class FieldManagerTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private readonly FieldManager configMaps = new(BuiltInTypes.Instance.Kind("v1", "ConfigMap")!, "v1", "ConfigMap");
    private readonly FieldManager deployments = new(
        BuiltInTypes.Instance.Kind("apps/v1", "Deployment")!, "apps/v1", "Deployment",
        ResetFields.Of(BuiltInTypes.Instance.Resources.Single(r => r.GroupResource == "deployments.apps")));

    [Fact]
    public void An_apply_creates_an_object_owned_by_its_manager()
    {
        var result = Apply(null, ConfigMap("{'a':'1'}"), "m1");
        Assert.Equal("m1 Apply v1 2026-03-04T05:06:07Z {\"f:data\":{\"f:a\":{}}}", Owners(result));
    }

    [Fact]
    public void An_apply_that_changes_nothing_gives_the_same_object()
    {
        var live = Apply(null, ConfigMap("{'a':'1'}"), "m1");
        Json.AssertSame(live, Apply(live, ConfigMap("{'a':'1'}"), "m1", seconds: 60));
    }

    [Fact]
    public void Inputs_are_not_changed()
    {
        var live = Apply(null, ConfigMap("{'a':'1','b':'1'}"), "m1");
        var applied = ConfigMap("{'a':'2'}");
        var before = (Json.Copy(live), Json.Copy(applied));
        var result = Apply(live, applied, "m1");
        result["data"]!["a"] = "changed";
        Json.AssertSame(before.Item1, live);
        Json.AssertSame(before.Item2, applied);
    }

    [Fact]
    public void An_owner_that_only_agrees_gets_no_time_and_comes_first()
    {
        var live = Apply(null, ConfigMap("{'a':'1'}"), "m1");
        live = Apply(live, ConfigMap("{'a':'1'}"), "m2", seconds: 1);
        Assert.Equal(["m2 ", "m1 2026-03-04T05:06:07Z"], Entries(live).Select(e => $"{e.String("manager")} {e.String("time")}"));
        live = Apply(live, ConfigMap("{'a':'1','b':'2'}"), "m2", seconds: 2);
        Assert.Equal(["m1 2026-03-04T05:06:07Z", "m2 2026-03-04T05:06:09Z"], Entries(live).Select(e => $"{e.String("manager")} {e.String("time")}"));
        live = Apply(live, ConfigMap("{'b':'2'}"), "m2", seconds: 3);
        Assert.Equal("2026-03-04T05:06:09Z", Entries(live)[1].String("time"));
    }

    [Fact]
    public void Updates_conflict_with_their_version_and_subresource()
    {
        var live = Apply(null, ConfigMap("{'a':'1','b':'1'}"), "m1");
        var updated = Json.Copy(live);
        updated["data"]!["a"] = "2";
        configMaps.Update(live, updated, "e\"d", "status", Start);
        var thrown = Assert.Throws<ApiStatusException>(() => Apply(updated, ConfigMap("{'a':'3','b':'3'}"), "m2"));
        Assert.Equal(
            "Apply failed with 2 conflicts: conflicts with \"e\\\"d\" with subresource \"status\" using v1:\n- .data.a\nconflicts with \"m1\":\n- .data.b",
            thrown.Message);
        Assert.Equal((409, "Conflict"), (thrown.Status.Code, thrown.Status.Reason));
        Assert.Equal(new StatusCause("FieldManagerConflict", "conflict with \"m1\"", ".data.b"), thrown.Status.Causes[1]);
    }

    [Theory]
    [InlineData("{'apiVersion':'v2','kind':'ConfigMap','metadata':{'name':'c'}}", "invalid object type: /v2, Kind=ConfigMap")]
    [InlineData("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'c'}}", "invalid object type: apps/v1, Kind=Deployment")]
    [InlineData("{'metadata':{'name':'c'}}", "invalid object type: /, Kind=")]
    [InlineData("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'c','managedFields':[]}}", "metadata.managedFields must be nil")]
    [InlineData("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'c','namespace':'n'},'data':{'a':1}}",
        "failed to create typed patch object (n/c; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:1}")]
    [InlineData("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'c'},'dada':{}}",
        "failed to create typed patch object (/c; /v1, Kind=ConfigMap): .dada: field not declared in schema")]
    [InlineData("{'apiVersion':'v1','kind':'ConfigMap','metadata':[]}",
        "failed to create typed patch object (/; /v1, Kind=ConfigMap): .metadata: expected map, got &{[]}")]
    public void Unfit_configurations_are_bad_requests(string applied, string message)
    {
        var thrown = Assert.Throws<ApiStatusException>(() => Apply(null, Json.Object(applied), "m1"));
        Assert.Equal((400, "BadRequest", message), (thrown.Status.Code, thrown.Status.Reason, thrown.Status.Message));
    }

    [Theory]
    [InlineData("[{'name':'A'},{'name':'A'}]", ".env: duplicate entries for key [name=\"A\"]")]
    [InlineData("[{'value':'1'}]", ".env: element 0: associative list with keys has an element that omits all key fields [\"name\"] (and doesn't have default values for any key fields)")]
    [InlineData("{}", ".env: expected list, got &{map[]}")]
    public void Lists_must_tell_their_elements_apart(string env, string problem)
    {
        var applied = Json.Object("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':{'template':{'spec':{'containers':[{'name':'c','env':"
            + env + "}]}}}}");
        var thrown = Assert.Throws<ApiStatusException>(() => deployments.Apply(null, applied, "m", false, "", Start));
        Assert.EndsWith(".spec.template.spec.containers[name=\"c\"]" + problem, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Absent_key_fields_have_their_defaults()
    {
        var live = deployments.Apply(null, WithPorts("[{'containerPort':80}]"), "m1", false, "", Start);
        Assert.Contains("k:{\\\"containerPort\\\":80,\\\"protocol\\\":\\\"TCP\\\"}", Owners(live), StringComparison.Ordinal);
        live = deployments.Apply(live, WithPorts("[{'containerPort':80,'protocol':'TCP','name':'web'},{'containerPort':80,'protocol':'UDP'}]"), "m2", false, "", Start);
        Assert.Equal(2, live["spec"]!["template"]!["spec"]!["containers"]![0]!["ports"]!.AsArray().Count);
    }

    [Fact]
    public void A_live_object_without_owners_belongs_to_who_was_before()
    {
        var live = ConfigMap("{'a':'1','b':'1'}");
        live["metadata"]!["uid"] = "u";
        var result = Apply(live, ConfigMap("{'a':'1'}"), "m1");
        Assert.Equal(
            "m1 Apply v1  {\"f:data\":{\"f:a\":{}}}\n"
            + "before-first-apply Update v1 2026-03-04T05:06:07Z {\"f:data\":{\".\":{},\"f:a\":{},\"f:b\":{}}}",
            Owners(result));
        var conflict = Assert.Throws<ApiStatusException>(() => Apply(live, ConfigMap("{'a':'2'}"), "m1"));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.a", conflict.Message);
    }

    [Fact]
    public void An_update_owns_what_it_changes_and_takes_it_from_others()
    {
        var live = Apply(null, ConfigMap("{'a':'1','b':'1'}"), "m1");
        var updated = Json.Copy(live);
        updated["data"]!["a"] = "2";
        updated["data"]!["c"] = "3";
        configMaps.Update(live, updated, "editor", "", Start.AddSeconds(1));
        Assert.Equal(
            "m1 Apply v1 2026-03-04T05:06:07Z {\"f:data\":{\"f:b\":{}}}\neditor Update v1 2026-03-04T05:06:08Z {\"f:data\":{\"f:a\":{},\"f:c\":{}}}",
            Owners(updated));

        var same = Json.Copy(updated);
        configMaps.Update(updated, same, "editor", "", Start.AddSeconds(9));
        Json.AssertSame(updated, same);

        var fewer = Json.Copy(updated);
        ((JsonObject)fewer["data"]!).Remove("b");
        configMaps.Update(updated, fewer, "other", "", Start.AddSeconds(9));
        Assert.Equal("editor Update v1 2026-03-04T05:06:08Z {\"f:data\":{\"f:a\":{},\"f:c\":{}}}", Owners(fewer));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[{}]")]
    public void A_client_can_give_all_ownership_up(string reset)
    {
        var live = Apply(null, ConfigMap("{'a':'1'}"), "m1");
        var updated = Json.Copy(live);
        updated["metadata"]!["managedFields"] = JsonNode.Parse(reset);
        updated["data"]!["a"] = "2";
        configMaps.Update(live, updated, "editor", "", Start);
        Assert.Null(ManagedFieldsList.Of(updated));

        var later = Json.Copy(updated);
        later["data"]!["a"] = "3";
        configMaps.Update(updated, later, "editor", "", Start);
        Assert.Null(ManagedFieldsList.Of(later));
    }

    [Fact]
    public void A_client_can_set_the_owners_itself_but_not_through_a_subresource()
    {
        var live = Apply(null, ConfigMap("{'a':'1'}"), "m1");
        const string own = "[{'manager':'x','operation':'Apply','apiVersion':'v1','fieldsType':'FieldsV1','fieldsV1':{'f:data':{'f:a':{}}}}]";
        Assert.Equal("x Apply v1  {\"f:data\":{\"f:a\":{}}}", Owners(WithOwners(own, "")));
        Assert.StartsWith("m1 Apply", Owners(WithOwners(own, "status")), StringComparison.Ordinal);
        Assert.StartsWith("m1 Apply", Owners(WithOwners(own.Replace("FieldsV1'", "FieldsV2'", StringComparison.Ordinal), "")), StringComparison.Ordinal);

        JsonObject WithOwners(string owners, string subresource)
        {
            var updated = Json.Copy(live);
            updated["metadata"]!["managedFields"] = JsonNode.Parse(owners.Replace('\'', '"'));
            configMaps.Update(live, updated, "editor", subresource, Start);
            return updated;
        }
    }

    [Theory]
    [InlineData("[{'operation':'Patch','apiVersion':'v1','fieldsType':'FieldsV1'}]", "operation must be `Apply` or `Update`")]
    [InlineData("[{'operation':'Apply','fieldsType':'FieldsV1'}]", "apiVersion must not be empty")]
    [InlineData("[{'operation':'Apply','apiVersion':'v1'}]", "missing fieldsType in managed fields entry 0")]
    [InlineData("[{'operation':'Apply','apiVersion':'v1','fieldsType':'X'}]", "invalid fieldsType \"X\" in managed fields entry 0")]
    public void Malformed_lists_are_told(string list, string problem) =>
        Assert.Equal(problem, ManagedFieldsList.Problem((JsonArray)JsonNode.Parse(list.Replace('\'', '"'))!));

    [Fact]
    public void The_oldest_of_more_than_ten_updaters_are_joined()
    {
        var live = ConfigMap("{}");
        configMaps.Update(null, live, "creator", "", Start);
        for (var i = 0; i < 12; i++)
        {
            var updated = Json.Copy(live);
            updated["data"]![$"k{i:00}"] = "v";
            configMaps.Update(live, updated, $"u{i:00}", "", Start.AddSeconds(i + 1));
            live = updated;
        }
        Assert.Equal(10, Entries(live).Count);
        Assert.Equal("ancient-changes Update v1 2026-03-04T05:06:10Z {\"f:data\":{\".\":{},\"f:k00\":{},\"f:k01\":{},\"f:k02\":{}}}", Owners(live).Split('\n')[0]);
        Assert.Equal("u03", Entries(live)[1].String("manager"));
    }

    [Fact]
    public void Reset_fields_are_nobodys()
    {
        var applied = Json.Object("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d','labels':{'a':'b'}},'spec':{'replicas':1},'status':{'replicas':1}}");
        Assert.Equal("m Apply apps/v1 2026-03-04T05:06:07Z {\"f:metadata\":{\"f:labels\":{\"f:a\":{}}},\"f:spec\":{\"f:replicas\":{}}}",
            Owners(deployments.Apply(null, applied, "m", false, "", Start)));
        var live = Json.Object("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d','uid':'u'},'spec':{'replicas':1}}");
        Assert.Contains("m Apply apps/v1 2026-03-04T05:06:07Z {\"f:status\":{\"f:replicas\":{}}}",
            Owners(deployments.Apply(live, applied, "m", true, "status", Start)), StringComparison.Ordinal);
    }

    [Fact]
    public void Owners_of_unknown_versions_are_dropped()
    {
        var live = Apply(null, ConfigMap("{'a':'1'}"), "m1");
        Entries(live)[0]!["apiVersion"] = "v0";
        Assert.Equal("m2 Apply v1  {\"f:data\":{\"f:a\":{}}}", Owners(Apply(live, ConfigMap("{'a':'1'}"), "m2")));
    }

    [Fact]
    public void A_manager_may_move_to_another_version()
    {
        var one = Json.Schema("{'type':'object','properties':{'spec':{'type':'object','properties':{'old':{'type':'string'},'x':{'type':'string'}}}}}");
        var two = Json.Schema("{'type':'object','properties':{'spec':{'type':'object','properties':{'new':{'type':'string'},'x':{'type':'string'}}}}}");
        var first = new FieldManager(one, "g/v1", "K", convert: Convert);
        var second = new FieldManager(two, "g/v2", "K", convert: Convert);
        var live = first.Apply(null, Json.Object("{'apiVersion':'g/v1','kind':'K','metadata':{'name':'n'},'spec':{'old':'1','x':'1'}}"), "m", false, "", Start);
        live = second.Apply(Convert(live, "g/v2")!.Object, Json.Object("{'apiVersion':'g/v2','kind':'K','metadata':{'name':'n'},'spec':{'x':'1'}}"), "m", false, "", Start);
        Json.AssertSame(Json.Object("{'x':'1'}"), live["spec"]);
        Assert.Equal("m Apply g/v2 2026-03-04T05:06:07Z {\"f:spec\":{\"f:x\":{}}}", Owners(live));

        VersionedObject? Convert(JsonObject obj, string version)
        {
            var copy = Json.Copy(obj);
            copy["apiVersion"] = version;
            var (from, to) = version == "g/v2" ? ("old", "new") : ("new", "old");
            if (copy.Object("spec") is { } spec && spec.Remove(from, out var value))
                spec[to] = value?.DeepClone();
            return version is "g/v1" or "g/v2" ? new VersionedObject(copy, version == "g/v2" ? two : one) : null;
        }
    }

    [Fact]
    public void Reset_fields_stay_with_their_owners_at_other_versions()
    {
        var schema = Json.Schema("{'type':'object','properties':{'spec':{'type':'object','properties':{'x':{'type':'string'}}},'status':{'type':'object','properties':{'y':{'type':'string'}}}}}");
        var live = Versioned("g/v1").Apply(null, Json.Object("{'apiVersion':'g/v1','kind':'K','metadata':{'name':'n'},'spec':{'x':'1'}}"), "m1", false, "", Start);
        live["apiVersion"] = "g/v2";
        var applied = Json.Object("{'apiVersion':'g/v2','kind':'K','metadata':{'name':'n'},'spec':{'x':'2'},'status':{'y':'1'}}");
        Assert.Equal(
            "m1 Apply g/v1 2026-03-04T05:06:07Z {\"f:spec\":{\"f:x\":{}}}\nm2 Apply g/v2 2026-03-04T05:06:07Z {\"f:status\":{\"f:y\":{}}}",
            Owners(Versioned("g/v2").Apply(live, applied, "m2", false, "status", Start)));

        FieldManager Versioned(string version) => new(schema, version, "K", ResetFields.OfCustomResource(hasStatus: true), (obj, to) =>
        {
            var copy = Json.Copy(obj);
            copy["apiVersion"] = to;
            return new VersionedObject(copy, schema);
        });
    }

    [Fact]
    public void What_became_atomic_is_owned_as_a_whole()
    {
        var granular = new FieldManager(Json.Schema("{'type':'object','properties':{'spec':{'type':'object','properties':{'x':{'type':'string'}}}}}"), "g/v1", "K");
        var atomic = new FieldManager(
            Json.Schema("{'type':'object','properties':{'spec':{'type':'object','x-kubernetes-map-type':'atomic','properties':{'x':{'type':'string'}}}}}"), "g/v1", "K");
        var applied = Json.Object("{'apiVersion':'g/v1','kind':'K','metadata':{'name':'n'},'spec':{'x':'1'}}");
        var live = granular.Apply(null, applied, "m1", false, "", Start);
        Assert.Contains("m1 Apply g/v1 2026-03-04T05:06:07Z {\"f:spec\":{}}", Owners(atomic.Apply(live, applied, "m2", false, "", Start)), StringComparison.Ordinal);
    }

    [Fact]
    public void Kubectl_takes_over_what_it_applied_on_the_client_side()
    {
        var live = ConfigMap("{'a':'1','b':'1'}");
        live["metadata"]!["annotations"] = new JsonObject
        {
            ["kubectl.kubernetes.io/last-applied-configuration"] = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"},\"data\":{\"a\":\"1\",\"b\":\"0\"}}",
        };
        configMaps.Update(null, live, "kubectl-client-side-apply", "", Start);
        live["metadata"]!["uid"] = "u";

        Assert.Throws<ApiStatusException>(() => Apply(live, ConfigMap("{'a':'2'}"), "somebody"));
        var conflict = Assert.Throws<ApiStatusException>(() => Apply(live, ConfigMap("{'a':'2','b':'2'}"), "kubectl"));
        Assert.Equal(".data.b", Assert.Single(conflict.Status.Causes).Field);

        var result = Apply(live, ConfigMap("{'a':'<2>'}"), "kubectl");
        Assert.Equal("<2>", result["data"]!["a"]!.GetValue<string>());
        Assert.Equal(
            "{\"apiVersion\":\"v1\",\"data\":{\"a\":\"\\u003c2\\u003e\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}\n",
            result["metadata"]!["annotations"]!["kubectl.kubernetes.io/last-applied-configuration"]!.GetValue<string>());
    }

    [Fact]
    public void Times_are_put_back_when_nothing_else_has_changed()
    {
        var live = Apply(null, ConfigMap("{'a':'1'}"), "m1");
        var updated = Json.Copy(live);
        Entries(updated)[0]!["time"] = "2030-01-01T00:00:00Z";
        var changed = Json.Copy(updated);
        changed["data"]!["a"] = "2";
        Assert.True(ManagedFieldsList.RevertTimes(live, updated));
        Json.AssertSame(live, updated);
        Assert.False(ManagedFieldsList.RevertTimes(live, changed));
        Assert.Equal("2030-01-01T00:00:00Z", Entries(changed)[0].String("time"));
    }

    private JsonObject Apply(JsonObject? live, JsonObject applied, string manager, int seconds = 0) =>
        configMaps.Apply(live, applied, manager, force: false, "", Start.AddSeconds(seconds));

    private static JsonObject ConfigMap(string data) => Json.Object("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'c'},'data':" + data + "}");

    private static JsonObject WithPorts(string ports) => Json.Object(
        "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':{'template':{'spec':{'containers':[{'name':'c','ports':" + ports + "}]}}}}");

    private static JsonArray Entries(JsonObject obj) => ManagedFieldsList.Of(obj)!;

    private static string Owners(JsonObject obj) => string.Join('\n', Entries(obj).Select(e =>
        $"{e.String("manager")} {e.String("operation")} {e.String("apiVersion")} {e.String("time")} {System.Text.Encoding.UTF8.GetString(JsonText.ToUtf8(e.Member("fieldsV1")))}"));
}
