using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Requests;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Admission;

/// <summary>What is about to be written, by whom: what admission judges and may change.</summary>
internal sealed record AdmissionAttributes
{
    public const string Create = "CREATE";
    public const string Update = "UPDATE";
    public const string Delete = "DELETE";
    public const string Connect = "CONNECT";

    /// <summary>One of the constants above.</summary>
    public required string Operation { get; init; }

    /// <summary>The resource of the request's path.</summary>
    public required ResourceType Resource { get; init; }

    public string Subresource { get; init; } = "";

    /// <summary>Kind of <see cref="Object"/>: that of the resource, unless a subresource has its own (<c>Scale</c>).</summary>
    public required ObjectKind Kind { get; init; }

    /// <summary>Empty for cluster-wide resources; for a Namespace its own name, as in the path.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Empty for a create with <c>generateName</c> whose name is not made yet, and for deletions of collections.</summary>
    public string Name { get; init; } = "";

    /// <summary>The new object; null for DELETE.</summary>
    public JsonObject? Object { get; init; }

    /// <summary>The stored object; null for CREATE and CONNECT.</summary>
    public JsonObject? OldObject { get; init; }

    /// <summary>CreateOptions, UpdateOptions, PatchOptions or DeleteOptions, with kind and apiVersion.</summary>
    public JsonObject? Options { get; init; }

    public bool DryRun { get; init; }

    public required UserInfo User { get; init; }

    /// <summary>Brings an object that a webhook patched into the form of the kind, in place: unknown fields dropped, defaults filled in.</summary>
    public Action<JsonObject> Decode { get; init; } = _ => { };

    /// <summary>The write as authorization sees it.</summary>
    public RequestInfo Request => new()
    {
        IsResource = true,
        Path = "",
        Verb = Operation.ToLowerInvariant(),
        Group = Resource.Group,
        Version = Resource.Version,
        Resource = Resource.Plural,
        Subresource = Subresource,
        Namespace = Namespace,
        Name = Name,
    };

    /// <summary>Whether it is about a Namespace itself (or a subresource of it).</summary>
    public bool IsNamespace => Resource is { Group: "", Plural: "namespaces" };

    /// <summary>Takes texts for the <c>Warning</c> header. May be called from several threads.</summary>
    public Action<string> Warn { get; init; } = _ => { };
}

/// <summary>Group, version and kind.</summary>
internal readonly record struct ObjectKind(string Group, string Version, string Kind)
{
    public static ObjectKind Of(ResourceType resource) => new(resource.Group, resource.Version, resource.Kind);
}
