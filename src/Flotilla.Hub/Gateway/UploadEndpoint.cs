using Flotilla.ApiServer.Requests;
using Flotilla.Content;
using Microsoft.AspNetCore.Http;

namespace Flotilla.Hub.Gateway;

/// <summary><c>POST /v1/namespaces/NS/content</c>: keeps what a Component's source names by its digest.</summary>
internal sealed class UploadEndpoint(KubernetesAccess access, IContentStore content) : IDisposable
{
    private const int MostBytes = 32 * 1024 * 1024;

    /// <summary>Bodies lie in memory until they are stored.</summary>
    private readonly SemaphoreSlim atOnce = new(4);

    public async Task HandleAsync(HttpContext http, string ns)
    {
        await access.DemandAsync(http, new AccessWish("create", "components", null, ns, null));
        await atOnce.WaitAsync(http.RequestAborted);
        try
        {
            var body = await RequestBody.ReadAsSentAsync(http.Request, MostBytes, http.RequestAborted);
            if (RequestBody.IsPacked(http.Request))
                body = await RequestBody.UnpackAsync(new MemoryStream(body), MostBytes, http.RequestAborted);
            var digest = await content.WriteAsync(body, http.RequestAborted);
            await GatewayResponse.WriteAsync(http, new UploadAnswer(digest.ToString(), body.Length), GatewayJson.Default.UploadAnswer, 201);
        }
        finally
        {
            atOnce.Release();
        }
    }

    public void Dispose() => atOnce.Dispose();
}
