using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Resources;
using Flotilla.ApiServer.Storage;
using Flotilla.ApiServer.Tables;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Requests;

/// <summary>Puts objects and lists on the wire in the form that the client accepts. Stored bytes go out as they are where they can.</summary>
internal sealed class ObjectResponse(HttpContext http, RequestContext context, ServedResource resource)
{
    /// <summary>As kube-apiserver: smaller answers are not worth packing.</summary>
    private const int SmallestPacked = 128 * 1024;

    private readonly MediaType accepted = MediaTypes.Negotiate(http.Request.Headers.Accept, resource.IsCustom ? Offer.Custom : Offer.BuiltIn);
    private readonly IncludeObject include = TableOptions.ReadInclude(http.Request.Query["includeObject"]);

    public Task WriteStoredAsync(StoredObject stored) => IsPlain && resource.ServesAsStored(stored)
        ? WriteAsync(stored.Json, 200)
        : WriteObjectAsync(resource.FromStorage(stored.Parse()), 200);

    public Task WriteObjectAsync(JsonObject obj, int code)
    {
        var shown = accepted.Transform switch
        {
            Transform.Table => resource.Table.Print(obj, TableOptions, context.Now),
            Transform.PartialObjectMetadata => PartialMetadata.Of(obj, accepted.TransformVersion),
            Transform.PartialObjectMetadataList => throw PartialMetadata.IsNotList(resource.Type, resource.IsCustom),
            _ => obj,
        };
        return WriteNodeAsync(shown, code);
    }

    public Task WriteListAsync(ListPage page)
    {
        if (accepted.Transform == Transform.PartialObjectMetadata)
            throw PartialMetadata.IsList(resource.Type, resource.IsCustom);
        if (IsPlain)
            return WriteAsync(RawList(page), 200);
        var items = page.Items.Select(item => resource.FromStorage(item.Parse()));
        var meta = ListMetadata(page);
        return WriteNodeAsync(accepted.Transform switch
        {
            Transform.Table => resource.Table.Print(meta, items, TableOptions, context.Now),
            Transform.PartialObjectMetadataList => PartialMetadata.OfList(meta, items, accepted.TransformVersion),
            _ => (JsonObject)JsonText.Parse(RawList(page).Span)!,
        }, 200);
    }

    public IEventEncoder EventEncoder() => accepted.Transform switch
    {
        Transform.Table => new TableEventEncoder(resource, TableOptions, context.Cluster.Time),
        Transform.PartialObjectMetadata or Transform.PartialObjectMetadataList => new PartialEventEncoder(resource, accepted.TransformVersion),
        _ => new ObjectEventEncoder(resource),
    };

    private bool IsPlain => accepted.Transform == Transform.None && accepted.Format == BodyFormat.Json && !IsPretty;

    private bool IsPretty => MediaTypes.IsPretty(accepted, http.Request.Query["pretty"], http.Request.Headers.UserAgent);

    private TableOptions TableOptions => new(include, accepted.TransformVersion);

    private JsonObject ListMetadata(ListPage page)
    {
        var meta = new JsonObject { ["resourceVersion"] = page.Revision.ToString(CultureInfo.InvariantCulture) };
        // Lists of custom resources always carry the field.
        if (page.Continue.Length > 0 || (resource.IsCustom && accepted.Transform == Transform.None))
            meta["continue"] = page.Continue;
        if (page.Remaining is { } remaining and > 0)
            meta["remainingItemCount"] = remaining;
        return meta;
    }

    /// <summary>A list made of stored bytes; items of built-in kinds go without kind and apiVersion.</summary>
    private ReadOnlyMemory<byte> RawList(ListPage page)
    {
        var output = new ArrayBufferWriter<byte>(256 + page.Items.Sum(item => item.Json.Length + 1));
        output.Write(Encoding.UTF8.GetBytes($"{{\"kind\":\"{resource.Type.ListKind}\",\"apiVersion\":\"{resource.Type.ApiVersion}\",\"metadata\":"));
        JsonText.Write(output, ListMetadata(page));
        output.Write(",\"items\":["u8);
        var head = resource.Head;
        for (var i = 0; i < page.Items.Count; i++)
        {
            if (i > 0)
                output.Write(","u8);
            var json = resource.ServesAsStored(page.Items[i]) ? page.Items[i].Json.Span : JsonText.ToUtf8(Shown(page.Items[i]));
            if (!resource.IsCustom && json[1..].StartsWith(head))
            {
                output.Write("{"u8);
                json = json[(1 + head.Length)..];
            }
            output.Write(json);
        }
        output.Write("]}"u8);
        return output.WrittenMemory;
    }

    private JsonObject Shown(StoredObject stored)
    {
        var obj = resource.FromStorage(stored.Parse());
        ObjectReader.PutHeadFirst(obj);
        return obj;
    }

    public Task WriteNodeAsync(JsonObject node, int code)
    {
        if (accepted.Format == BodyFormat.Yaml)
            return WriteAsync(Encoding.UTF8.GetBytes(YamlWriter.Write(node)), code, "application/yaml");
        if (IsPretty)
            return WriteAsync(Encoding.UTF8.GetBytes(node.ToJsonString(Indented) + "\n"), code);
        return WriteAsync(JsonText.ToUtf8(node), code);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> body, int code, string contentType = "application/json")
    {
        var response = http.Response;
        response.StatusCode = code;
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-cache, private";
        context.Warnings.WriteTo(response);
        if (body.Length >= SmallestPacked && http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            response.Headers.ContentEncoding = "gzip";
            response.Headers.Vary = "Accept-Encoding";
            await using var packed = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
            await packed.WriteAsync(body, context.Cancellation);
            return;
        }
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, context.Cancellation);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
