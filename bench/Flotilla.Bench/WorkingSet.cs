using System.Text.Json.Nodes;

namespace Flotilla.Bench;

/// <summary>What runs at one small site: thirty objects of the kinds and sizes that a shop has.</summary>
internal static class WorkingSet
{
    private static readonly string[] Components = ["till", "prices", "stock", "gateway"];
    private static readonly string Settings = string.Concat(Enumerable.Range(0, 24).Select(i => $"setting.{i}: a value of some length, as settings have it\n"));
    private static readonly string Certificate = Convert.ToBase64String(Enumerable.Range(0, 1200).Select(i => (byte)(i * 31)).ToArray());

    /// <summary>The objects in the order in which they can be created, each with the path of its collection.</summary>
    public static IReadOnlyList<(string Path, JsonObject Object)> Objects { get; } = [.. All()];

    /// <summary>A ConfigMap of about 2 KB.</summary>
    public static JsonObject ConfigMap(string name, string app = "load") =>
        Make("v1", "ConfigMap", name, app, new() { ["data"] = new JsonObject { ["settings.yaml"] = Settings, ["level"] = "info" } });

    /// <summary>A Deployment of one container, as a chart writes it.</summary>
    public static JsonObject Deployment(string name) =>
        Make("apps/v1", "Deployment", name, name, new()
        {
            ["spec"] = new JsonObject
            {
                ["replicas"] = 2L,
                ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app.kubernetes.io/name"] = name } },
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = Labels(name) },
                    ["spec"] = PodSpec(name),
                },
            },
        });

    private static IEnumerable<(string, JsonObject)> All()
    {
        yield return ("/api/v1/namespaces", Make("v1", "Namespace", "shop", "shop", []));
        yield return ("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", TillDefinition());
        yield return ("/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles", Make("rbac.authorization.k8s.io/v1", "Role", "till", "till", new()
        {
            ["rules"] = new JsonArray(new JsonObject
            {
                ["apiGroups"] = new JsonArray(""),
                ["resources"] = new JsonArray("configmaps", "secrets"),
                ["verbs"] = new JsonArray("get", "list", "watch"),
            }),
        }));
        yield return ("/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings", Make("rbac.authorization.k8s.io/v1", "RoleBinding", "till", "till", new()
        {
            ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "Role", ["name"] = "till" },
            ["subjects"] = new JsonArray(new JsonObject { ["kind"] = "ServiceAccount", ["name"] = "till", ["namespace"] = "shop" }),
        }));
        yield return ("/apis/networking.k8s.io/v1/namespaces/shop/ingresses", Ingress());
        foreach (var name in Components)
        {
            yield return ("/api/v1/namespaces/shop/serviceaccounts", Make("v1", "ServiceAccount", name, name, []));
            yield return ("/api/v1/namespaces/shop/configmaps", ConfigMap(name, name));
            yield return ("/api/v1/namespaces/shop/secrets", Make("v1", "Secret", name, name, new() { ["data"] = new JsonObject { ["tls.crt"] = Certificate } }));
            yield return ("/apis/apps/v1/namespaces/shop/deployments", Deployment(name));
            yield return ("/api/v1/namespaces/shop/services", Make("v1", "Service", name, name, new()
            {
                ["spec"] = new JsonObject
                {
                    ["selector"] = new JsonObject { ["app.kubernetes.io/name"] = name },
                    ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = 80L, ["targetPort"] = "http" }),
                },
            }));
        }
        for (var i = 1; i <= 5; i++)
        {
            yield return ("/apis/shop.example.com/v1/namespaces/shop/tills", Make("shop.example.com/v1", "Till", $"till-{i}", "till", new()
            {
                ["spec"] = new JsonObject { ["lane"] = (long)i, ["printer"] = "epson", ["features"] = new JsonArray("loyalty", "coupons") },
            }));
        }
    }

    private static JsonObject Make(string apiVersion, string kind, string name, string app, JsonObject rest)
    {
        rest.Insert(0, "apiVersion", apiVersion);
        rest.Insert(1, "kind", kind);
        rest.Insert(2, "metadata", new JsonObject { ["name"] = name, ["labels"] = Labels(app) });
        return rest;
    }

    private static JsonObject Labels(string app) => new()
    {
        ["app.kubernetes.io/name"] = app,
        ["app.kubernetes.io/part-of"] = "shop",
        ["app.kubernetes.io/version"] = "4.12.0",
        ["app.kubernetes.io/managed-by"] = "flotilla",
    };

    private static JsonObject PodSpec(string name) => new()
    {
        ["serviceAccountName"] = name,
        ["containers"] = new JsonArray(new JsonObject
        {
            ["name"] = name,
            ["image"] = $"registry.example.com/shop/{name}:4.12.0",
            ["args"] = new JsonArray("--config=/etc/shop/settings.yaml", "--level=$(LEVEL)"),
            ["env"] = new JsonArray(
                new JsonObject { ["name"] = "LEVEL", ["valueFrom"] = new JsonObject { ["configMapKeyRef"] = new JsonObject { ["name"] = name, ["key"] = "level" } } },
                new JsonObject { ["name"] = "TZ", ["value"] = "Europe/Berlin" }),
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["containerPort"] = 8080L }),
            ["resources"] = new JsonObject
            {
                ["requests"] = new JsonObject { ["cpu"] = "50m", ["memory"] = "64Mi" },
                ["limits"] = new JsonObject { ["memory"] = "256Mi" },
            },
            ["readinessProbe"] = new JsonObject { ["httpGet"] = new JsonObject { ["path"] = "/ready", ["port"] = "http" } },
            ["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "settings", ["mountPath"] = "/etc/shop" }),
        }),
        ["volumes"] = new JsonArray(new JsonObject { ["name"] = "settings", ["configMap"] = new JsonObject { ["name"] = name } }),
    };

    private static JsonObject Ingress() => Make("networking.k8s.io/v1", "Ingress", "shop", "shop", new()
    {
        ["spec"] = new JsonObject
        {
            ["rules"] = new JsonArray(new JsonObject
            {
                ["host"] = "shop.example.com",
                ["http"] = new JsonObject
                {
                    ["paths"] = new JsonArray(new JsonObject
                    {
                        ["path"] = "/",
                        ["pathType"] = "Prefix",
                        ["backend"] = new JsonObject { ["service"] = new JsonObject { ["name"] = "gateway", ["port"] = new JsonObject { ["name"] = "http" } } },
                    }),
                },
            }),
        },
    });

    private static JsonObject TillDefinition() => Make("apiextensions.k8s.io/v1", "CustomResourceDefinition", "tills.shop.example.com", "shop", new()
    {
        ["spec"] = new JsonObject
        {
            ["group"] = "shop.example.com",
            ["scope"] = "Namespaced",
            ["names"] = new JsonObject { ["plural"] = "tills", ["singular"] = "till", ["kind"] = "Till", ["listKind"] = "TillList" },
            ["versions"] = new JsonArray(new JsonObject
            {
                ["name"] = "v1",
                ["served"] = true,
                ["storage"] = true,
                ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
                ["schema"] = new JsonObject { ["openAPIV3Schema"] = TillSchema() },
            }),
        },
    });

    private static JsonObject TillSchema() => Typed("object", new()
    {
        ["properties"] = new JsonObject
        {
            ["spec"] = Typed("object", new()
            {
                ["required"] = new JsonArray("lane"),
                ["properties"] = new JsonObject
                {
                    ["lane"] = Typed("integer", new() { ["minimum"] = 1L, ["maximum"] = 99L }),
                    ["printer"] = Typed("string", new() { ["enum"] = new JsonArray("epson", "star", "none"), ["default"] = "none" }),
                    ["features"] = Typed("array", new() { ["x-kubernetes-list-type"] = "set", ["items"] = Typed("string", []) }),
                },
            }),
            ["status"] = Typed("object", new() { ["x-kubernetes-preserve-unknown-fields"] = true }),
        },
    });

    private static JsonObject Typed(string type, JsonObject rest)
    {
        rest.Insert(0, "type", type);
        return rest;
    }
}
