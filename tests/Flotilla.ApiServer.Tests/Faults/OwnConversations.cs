namespace Flotilla.ApiServer.Tests.Faults;

/// <summary>A few conversations that touch every verb, every kind of patch, custom resources with rules, and webhooks.</summary>
internal static class OwnConversations
{
    private const string Json = "application/json";
    private const string Maps = "/api/v1/namespaces/own-${run}/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/own-${run}/deployments";
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private const string Boats = "/apis/boats${run}.example.com/v1/namespaces/own-${run}/boats";

    public static IReadOnlyList<Conversation> All { get; } =
    [
        new("own-objects",
        [
            Step("POST", "/api/v1/namespaces", """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"own-${run}"}}"""),
            Step("POST", Maps, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one","labels":{"app":"a","tier":"x"}},"data":{"k":"v"}}"""),
            Step("POST", Maps, "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: more-, labels: &l {app: b}, annotations: *l}\ndata:\n  text: |\n    line\n", "application/yaml"),
            Step("GET", Maps, null, Json, ("labelSelector", "app in (a,b),tier!=y,!gone"), ("limit", "1")),
            Step("GET", Maps, null, Json, ("fieldSelector", "metadata.name=one,metadata.namespace!=x"), ("resourceVersion", "1"), ("resourceVersionMatch", "NotOlderThan")),
            Step("GET", Maps, null, Json, ("watch", "true"), ("resourceVersion", "1"), ("timeoutSeconds", "1"), ("allowWatchBookmarks", "true")),
            Step("GET", Maps, null, Json, ("watch", "1"), ("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan"), ("allowWatchBookmarks", "true")),
            Step("PATCH", Maps + "/one", """[{"op":"add","path":"/data/x","value":"1"},{"op":"test","path":"/data/k","value":"v"},{"op":"move","from":"/data/x","path":"/data/y"}]""", "application/json-patch+json"),
            Step("PATCH", Maps + "/one", """{"data":{"k":null,"z":"1"},"metadata":{"annotations":{"a":"b"}}}""", "application/merge-patch+json"),
            Step("PATCH", Maps + "/one", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"applied":"1"}}""", "application/apply-patch+yaml", ("fieldManager", "m"), ("force", "true")),
            Step("PUT", Maps + "/one", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"put":"1"},"binaryData":{"b":"AAEC"}}""", Json, ("fieldValidation", "Strict"), ("dryRun", "All")),
            Step("DELETE", Maps + "/one", """{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0,"propagationPolicy":"Foreground","preconditions":{"uid":"x"}}"""),
            Step("DELETE", Maps, null, Json, ("labelSelector", "app=b"), ("propagationPolicy", "Background")),
        ]),
        new("own-workloads",
        [
            Step("POST", "/api/v1/namespaces", """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"own-${run}"}}"""),
            Step("POST", Deployments, """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"w"}},"template":{"metadata":{"labels":{"app":"w"}},"spec":{"containers":[{"name":"c","image":"i:1","ports":[{"containerPort":80}],"env":[{"name":"A","value":"1"}],"resources":{"requests":{"cpu":"100m","memory":"1Gi"}},"readinessProbe":{"httpGet":{"path":"/","port":"http"}}}],"volumes":[{"name":"v","configMap":{"name":"one","items":[{"key":"k","path":"p"}]}}],"tolerations":[{"operator":"Exists"}]}}}}"""),
            Step("PATCH", Deployments + "/web", """{"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"B","value":"2"},{"$patch":"delete","name":"A"}]},{"name":"d","image":"i:2"}],"$setElementOrder/containers":[{"name":"d"},{"name":"c"}]}}}}""", "application/strategic-merge-patch+json"),
            Step("PATCH", Deployments + "/web", """{"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"name":"c","image":"i:3","ports":[{"containerPort":80,"protocol":"TCP"}]}]}}}}""", "application/apply-patch+yaml", ("fieldManager", "m"), ("force", "true")),
            Step("PATCH", Deployments + "/web/scale", """{"spec":{"replicas":5}}""", "application/merge-patch+json"),
            Step("PUT", Deployments + "/web/status", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"status":{"replicas":1,"conditions":[{"type":"Available","status":"True"}]}}"""),
            Step("GET", Deployments, null, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json", ("includeObject", "Object")),
            Step("POST", "/api/v1/namespaces/own-${run}/services", """{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"type":"NodePort","selector":{"app":"w"},"ports":[{"name":"http","port":80,"targetPort":"http","nodePort":0}]}}"""),
            Step("POST", "/api/v1/namespaces/own-${run}/pods", """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"n","uid":"u"}]},"spec":{"containers":[{"name":"c","image":"i"}],"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"h","labelSelector":{"matchExpressions":[{"key":"a","operator":"In","values":["b"]}]}}]}}}}"""),
            Step("POST", "/api/v1/namespaces/own-${run}/secrets", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"a":"b"},"data":{"c":"ZA=="},"immutable":false,"type":"Opaque"}"""),
            Step("POST", "/apis/batch/v1/namespaces/own-${run}/cronjobs", """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"j"},"spec":{"schedule":"*/5 * * * *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}}}"""),
            Step("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/own-${run}/roles", """{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}"""),
            Step("POST", "/apis/coordination.k8s.io/v1/namespaces/own-${run}/leases", """{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"l"},"spec":{"holderIdentity":"h","leaseDurationSeconds":15,"renewTime":"2026-01-01T00:00:00.000000Z"}}"""),
        ]),
        new("own-custom",
        [
            Step("POST", "/api/v1/namespaces", """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"own-${run}"}}"""),
            Step("POST", Definitions, """{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"boats.boats${run}.example.com"},"spec":{"group":"boats${run}.example.com","scope":"Namespaced","names":{"plural":"boats","singular":"boat","kind":"Boat","listKind":"BoatList"},"versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.crew","statusReplicasPath":".status.crew"}},"additionalPrinterColumns":[{"name":"Crew","type":"integer","jsonPath":".spec.crew"}],"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","required":["name"],"x-kubernetes-validations":[{"rule":"self.crew <= self.seats","message":"too many"},{"rule":"!has(oldSelf.name) || self.name == oldSelf.name"}],"properties":{"name":{"type":"string","pattern":"^[a-z]+$","maxLength":10},"crew":{"type":"integer","default":1,"minimum":0,"maximum":100},"seats":{"type":"integer","format":"int32","default":10},"any":{"x-kubernetes-int-or-string":true},"free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},"rooms":{"type":"array","maxItems":10,"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["id"],"items":{"type":"object","required":["id"],"properties":{"id":{"type":"string","maxLength":10},"beds":{"type":"number"}}}},"tags":{"type":"array","maxItems":5,"x-kubernetes-list-type":"set","items":{"type":"string","maxLength":9}},"extra":{"type":"object","maxProperties":3,"additionalProperties":{"type":"string","nullable":true}}}},"status":{"type":"object","properties":{"crew":{"type":"integer"}}}}}}}]}}"""),
            Step("GET", Definitions + "/boats.boats${run}.example.com", null),
            Step("POST", Boats, """{"apiVersion":"boats${run}.example.com/v1","kind":"Boat","metadata":{"name":"b"},"spec":{"name":"anna","crew":3,"rooms":[{"id":"a","beds":1.5},{"id":"b"}],"tags":["x","y"],"free":{"deep":{"er":[1,2,{"a":null}]}},"any":"50%","extra":{"a":"b"}}}"""),
            Step("PATCH", Boats + "/b", """{"spec":{"crew":4,"rooms":[{"id":"c"}]}}""", "application/merge-patch+json"),
            Step("PATCH", Boats + "/b", """[{"op":"replace","path":"/spec/rooms/0/id","value":"z"}]""", "application/json-patch+json"),
            Step("PATCH", Boats + "/b", """{"apiVersion":"boats${run}.example.com/v1","kind":"Boat","spec":{"rooms":[{"id":"s","beds":2}],"tags":["z"]}}""", "application/apply-patch+yaml", ("fieldManager", "sailor"), ("force", "true")),
            Step("PATCH", Boats + "/b/status", """{"status":{"crew":4}}""", "application/merge-patch+json"),
            Step("PUT", Boats + "/b/scale", """{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"b"},"spec":{"replicas":2}}"""),
            Step("GET", Boats, null, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"),
            Step("GET", "/openapi/v3/apis/boats${run}.example.com/v1", null),
            Step("POST", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", """{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"own-${run}"},"webhooks":[{"name":"w.example.com","admissionReviewVersions":["v1"],"sideEffects":"None","failurePolicy":"Ignore","timeoutSeconds":1,"clientConfig":{"url":"https://127.0.0.1:1/x"},"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"own-${run}"}},"rules":[{"apiGroups":["boats${run}.example.com"],"apiVersions":["*"],"resources":["*"],"operations":["*"]}],"matchConditions":[{"name":"m","expression":"object.metadata.name != 'q'"}]}]}"""),
            Step("POST", Boats, """{"apiVersion":"boats${run}.example.com/v1","kind":"Boat","metadata":{"name":"c"},"spec":{"name":"bob"}}"""),
            Step("DELETE", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/own-${run}", null),
            Step("DELETE", Boats, null),
            Step("DELETE", Definitions + "/boats.boats${run}.example.com", null),
            Step("DELETE", "/api/v1/namespaces/own-${run}", null),
        ]),
        new("own-discovery",
        [
            Step("GET", "/", null), Step("GET", "/api", null), Step("GET", "/apis/apps", null), Step("GET", "/apis/apps/v1", null, "application/yaml"), Step("GET", "/version", null),
            Step("GET", "/apis", null, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"),
            Step("GET", "/openapi/v3", null), Step("GET", "/openapi/v3/apis/apps/v1", null, "application/json", ("hash", "ABC")), Step("GET", "/openapi/v2", null),
            Step("GET", "/readyz", null), Step("GET", "/clusters/none/api/v1/namespaces", null), Step("GET", "/api/v1/watch/namespaces/default/configmaps/x", null, Json, ("timeoutSeconds", "1")),
        ]),
    ];

    private static ConversationStep Step(string method, string path, string? body, string media = Json, params (string Key, string Value)[] query) =>
        new(method, path)
        {
            Body = body,
            Query = [.. query.Select(q => KeyValuePair.Create(q.Key, q.Value))],
            Headers = [new("Authorization", "Bearer T"), body is null ? new("Accept", media) : new("Content-Type", media)],
        };
}
