using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Tables;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Tests.Tables;

public sealed class BuiltInRowsTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-01-01T01:00:00Z", CultureInfo.InvariantCulture);

    public static TheoryData<string> Resources => [.. BuiltInTypes.Instance.Resources.Where(r => r.Verbs.Contains("list")).Select(r => $"{r.ApiVersion}/{r.Plural}")];

    [Theory]
    [MemberData(nameof(Resources))]
    public void Every_row_fits_its_columns_and_an_empty_object_does_no_harm(string resource)
    {
        var slash = resource.LastIndexOf('/');
        var table = TablePrinter.For(resource[..slash], resource[(slash + 1)..]).Print(null, [[]], new TableOptions(), Now);
        var columns = table.Array("columnDefinitions")!;
        var cells = table.Array("rows")![0].Array("cells")!;
        Assert.Equal(columns.Count, cells.Count);
        Assert.All(columns, column => Assert.False(string.IsNullOrEmpty(column.String("description")), $"{column.String("name")} is not described"));
    }

    [Theory]
    [InlineData("v1/services", """{"spec":{"type":"ClusterIP","clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1"],"ports":[{"port":80,"protocol":"TCP"},{"port":53,"nodePort":30053,"protocol":"UDP"}],"selector":{"b":"2","a":"1"}}}""",
        """["x","ClusterIP","10.0.0.1","<none>","80/TCP,53:30053/UDP","60m","a=1,b=2"]""")]
    [InlineData("v1/services", """{"spec":{"type":"LoadBalancer","externalIPs":["9.9.9.9"]},"status":{"loadBalancer":{"ingress":[{"ip":"1.2.3.4"},{"hostname":"lb.example"}]}}}""",
        """["x","LoadBalancer","<none>","1.2.3.4,lb.example,9.9.9.9","<none>","60m","<none>"]""")]
    [InlineData("v1/services", """{"spec":{"type":"LoadBalancer"}}""", """["x","LoadBalancer","<none>","<pending>","<none>","60m","<none>"]""")]
    [InlineData("v1/services", """{"spec":{"type":"ExternalName","externalName":"db.example"}}""", """["x","ExternalName","<none>","db.example","<none>","60m","<none>"]""")]
    [InlineData("v1/secrets", """{"type":"Opaque","data":{"a":"","b":""}}""", """["x","Opaque",2,"60m"]""")]
    [InlineData("v1/nodes", """{"metadata":{"name":"x","labels":{"node-role.kubernetes.io/worker":"","kubernetes.io/role":"edge"}},"status":{"conditions":[{"type":"Ready","status":"Unknown"}],"addresses":[{"type":"InternalIP","address":"10.1.1.1"}],"nodeInfo":{"kubeletVersion":"v1.36.0","osImage":"Linux"}}}""",
        """["x","NotReady","edge,worker","<unknown>","v1.36.0","10.1.1.1","<none>","Linux","<unknown>","<unknown>"]""")]
    [InlineData("v1/endpoints", """{"subsets":[{"addresses":[{"ip":"1.1.1.1"},{"ip":"::1"}],"ports":[{"port":80},{"port":81}]}]}""", """["x","1.1.1.1:80,[::1]:80,1.1.1.1:81 + 1 more...","60m"]""")]
    [InlineData("v1/persistentvolumeclaims", """{"spec":{"volumeName":"pv","storageClassName":"fast","volumeMode":"Filesystem"},"status":{"phase":"Bound","capacity":{"storage":"1Gi"},"accessModes":["ReadWriteMany","ReadWriteOnce"]}}""",
        """["x","Bound","pv","1Gi","RWO,RWX","fast","<unset>","60m","Filesystem"]""")]
    [InlineData("v1/resourcequotas", """{"status":{"hard":{"limits.cpu":"2","pods":"4","cpu":"1"},"used":{"pods":"1"}}}""", """["x","cpu: 0/1, pods: 1/4","limits.cpu: 0/2","60m"]""")]
    [InlineData("v1/events", """{"involvedObject":{"kind":"Pod","name":"p","fieldPath":"spec"},"type":"Normal","reason":"Pulled","message":" hi\n","source":{"component":"kubelet","host":"n"},"firstTimestamp":"2026-01-01T00:00:00Z","lastTimestamp":"2026-01-01T00:59:30Z","count":4}""",
        """["30s","Normal","Pulled","pod/p","spec","kubelet, n","hi","60m",4,"x"]""")]
    [InlineData("events.k8s.io/v1/events", """{"regarding":{"kind":"Node"},"note":"n","eventTime":"2026-01-01T00:58:00.000000Z","reportingController":"c","reportingInstance":"i","type":"Warning","reason":"R"}""",
        """["2m","Warning","R","node","","c, i","n","2m",1,"x"]""")]
    [InlineData("apps/v1/deployments", """{"spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"a","operator":"NotIn","values":["y","x"]},{"key":"z","operator":"DoesNotExist"}]},"template":{"spec":{"containers":[{"name":"a","image":"i:1"},{"name":"b","image":"j:1"}]}}},"status":{"readyReplicas":1,"updatedReplicas":2,"availableReplicas":1}}""",
        """["x","1/3",2,1,"60m","a,b","i:1,j:1","a notin (x,y),app=web,!z"]""")]
    [InlineData("batch/v1/jobs", """{"spec":{"completions":2},"status":{"succeeded":2,"startTime":"2026-01-01T00:00:00Z","completionTime":"2026-01-01T00:01:30Z","conditions":[{"type":"Complete","status":"True"}]}}""",
        """["x","Complete","2/2","90s","60m","","","<none>"]""")]
    [InlineData("batch/v1/jobs", """{"spec":{"parallelism":3},"status":{"startTime":"2026-01-01T00:50:00Z"}}""", """["x","Running","0/1 of 3","10m","60m","","","<none>"]""")]
    [InlineData("batch/v1/cronjobs", """{"spec":{"schedule":"@daily","suspend":true},"status":{"active":[{}],"lastScheduleTime":"2026-01-01T00:30:00Z"}}""",
        """["x","@daily","<none>","True",1,"30m","60m","","","<none>"]""")]
    [InlineData("autoscaling/v2/horizontalpodautoscalers", """{"spec":{"scaleTargetRef":{"kind":"Deployment","name":"web"},"minReplicas":1,"maxReplicas":5,"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"averageUtilization":80}}},{"type":"Pods","pods":{"target":{"averageValue":"1k"}}},{"type":"Object"}]},"status":{"currentReplicas":2,"currentMetrics":[{"resource":{"current":{"averageUtilization":12}}}]}}""",
        """["x","Deployment/web","cpu: 12%/80%, <unknown>/1k + 1 more...","1",5,2,"60m"]""")]
    [InlineData("networking.k8s.io/v1/ingresses", """{"spec":{"ingressClassName":"nginx","tls":[{}],"rules":[{"host":"a"},{"host":"b"},{"host":"c"},{"host":"d"}]}}""", """["x","nginx","a,b,c + 1 more...","","80, 443","60m"]""")]
    [InlineData("rbac.authorization.k8s.io/v1/rolebindings", """{"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"u"},{"kind":"User","name":"v"},{"kind":"ServiceAccount","namespace":"n","name":"s"}]}""",
        """["x","Role/r","60m","u, v","","n/s"]""")]
    [InlineData("rbac.authorization.k8s.io/v1/roles", "{}", """["x","2026-01-01T00:00:00Z"]""")]
    [InlineData("certificates.k8s.io/v1/certificatesigningrequests", """{"spec":{"signerName":"s","username":"u","expirationSeconds":3600},"status":{"conditions":[{"type":"Approved"}],"certificate":"eA=="}}""",
        """["x","60m","s","u","60m","Approved,Issued"]""")]
    [InlineData("policy/v1/poddisruptionbudgets", """{"spec":{"minAvailable":"50%"},"status":{"disruptionsAllowed":1}}""", """["x","50%","N/A",1,"60m"]""")]
    [InlineData("storage.k8s.io/v1/storageclasses", """{"metadata":{"name":"x","annotations":{"storageclass.kubernetes.io/is-default-class":"true"}},"provisioner":"p"}""",
        """["x (default)","p","Delete","Immediate",false,"<unknown>"]""")]
    [InlineData("apiregistration.k8s.io/v1/apiservices", """{"spec":{"service":{"namespace":"n","name":"s"}},"status":{"conditions":[{"type":"Available","status":"False","reason":"MissingEndpoints"}]}}""",
        """["x","n/s","False (MissingEndpoints)","60m"]""")]
    [InlineData("apps/v1/controllerrevisions", """{"metadata":{"name":"x","ownerReferences":[{"apiVersion":"apps/v1","kind":"DaemonSet","name":"d","controller":true}]},"revision":3}""",
        """["x","daemonset.apps/d",3,"<unknown>"]""")]
    public void Cells_are_what_kubectl_users_know(string resource, string obj, string cells)
    {
        var slash = resource.LastIndexOf('/');
        var parsed = (JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes(obj))!;
        if (!parsed.ContainsKey("metadata"))
            parsed["metadata"] = new JsonObject { ["name"] = "x", ["creationTimestamp"] = "2026-01-01T00:00:00Z" };
        var table = TablePrinter.For(resource[..slash], resource[(slash + 1)..]).Print(parsed, new TableOptions(), Now);
        Assert.Equal(cells, Encoding.UTF8.GetString(JsonText.ToUtf8(table.Array("rows")![0].Array("cells"))));
    }
}
