using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace Flotilla.Content;

/// <summary>One attempt to fetch what is missing of a blob.</summary>
internal sealed class BlobRequest(HttpMessageInvoker http, Uri address, BlobDownloadOptions options)
{
    private const int BufferSize = 64 * 1024;

    /// <exception cref="BlobDownloadException">The attempt failed; what came of the right blob is kept.</exception>
    public async ValueTask ReceiveAsync(PartialBlob partial, long? size, IProgress<BlobProgress>? progress, CancellationToken cancellation)
    {
        if (partial.Length > size)
            partial.Clear();
        if (partial.Length == size)
            return;
        using var standstill = new CancellationTokenSource(options.StandstillTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(standstill.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version20 };
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (partial.Length > 0)
                request.Headers.Range = new RangeHeaderValue(partial.Length, null);
            if (options.Sign is not null)
                await options.Sign(request);
            using var response = await SendAsync(request, either.Token);
            if (IsWhole(response, partial))
                return;
            var total = Accept(response, partial, size);
            await CopyAsync(response, partial, size ?? total, standstill, progress, either.Token);
        }
        catch (OperationCanceledException) when (standstill.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new BlobDownloadException(
                BlobDownloadFailure.Interrupted, $"{address}: nothing arrived for {options.StandstillTimeout}; {partial.Length} bytes are kept");
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw Interrupted(partial, exception);
        }
    }

    // An HttpClient would otherwise hold the whole body in memory before it gives an answer.
    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) => http is HttpClient client
        ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)
        : http.SendAsync(request, cancellation);

    /// <summary>A server that has nothing beyond what is there already says 416, and how long the blob is.</summary>
    private static bool IsWhole(HttpResponseMessage response, PartialBlob partial)
    {
        if (response.StatusCode != HttpStatusCode.RequestedRangeNotSatisfiable || partial.Length == 0)
            return false;
        if (response.Content.Headers.ContentRange?.Length == partial.Length)
            return true;
        // What is there is longer than the blob: of no use, whatever it is.
        partial.Clear();
        return false;
    }

    /// <summary>Holds the head of an answer to what was asked, and makes room for its body. Gives the length of the blob, where the answer tells.</summary>
    private long? Accept(HttpResponseMessage response, PartialBlob partial, long? size)
    {
        var headers = response.Content.Headers;
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
            throw Failed(response);
        if (headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml")
            throw new BlobDownloadException(
                BlobDownloadFailure.NotTheServer, $"{address} answered with a web page: is this network behind a sign-in page or a proxy?", response.StatusCode);
        if (headers.ContentEncoding.Count > 0 && headers.ContentEncoding.Any(e => e != "identity"))
            throw Wrong(response, $"the body is encoded ({string.Join(", ", headers.ContentEncoding)}) though none was allowed");
        long? total;
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            var range = headers.ContentRange;
            if (range is not { Unit: "bytes", HasRange: true } || range.From != partial.Length)
                throw Wrong(response, $"bytes from {partial.Length} were asked for, and '{range}' came");
            total = range.Length;
        }
        else
        {
            total = headers.ContentLength;
        }
        if (size is not null && total is not null && total != size)
            throw Wrong(response, $"the blob has {size} bytes, and the answer speaks of {total}");
        if (total > options.MaximumSize)
            throw Wrong(response, $"the blob has {total} bytes, more than the {options.MaximumSize} that are allowed");
        if (response.StatusCode == HttpStatusCode.OK)
            partial.Clear();
        return total;
    }

    private async ValueTask CopyAsync(
        HttpResponseMessage response, PartialBlob partial, long? total, CancellationTokenSource standstill, IProgress<BlobProgress>? progress, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            for (int read; (read = await ReadAsync(body, buffer.AsMemory(0, BufferSize), partial, cancellation)) > 0;)
            {
                if (partial.Length + read > (total ?? options.MaximumSize))
                {
                    partial.Clear();
                    throw Wrong(response, $"the body goes on after the {total ?? options.MaximumSize} bytes that the blob may have; what came is thrown away");
                }
                await partial.AppendAsync(buffer.AsMemory(0, read), cancellation);
                progress?.Report(new BlobProgress(partial.Length, total));
                standstill.CancelAfter(options.StandstillTimeout);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (partial.Length < total)
            throw new BlobDownloadException(
                BlobDownloadFailure.Interrupted, $"{address}: the body ended after {partial.Length} of {total} bytes, which are kept", response.StatusCode);
    }

    // Told apart from an error of the disk, which no other attempt mends.
    private async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, PartialBlob partial, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellation);
        }
        catch (IOException exception)
        {
            throw Interrupted(partial, exception);
        }
    }

    private BlobDownloadException Interrupted(PartialBlob partial, Exception cause) =>
        new(BlobDownloadFailure.Interrupted, $"{address}: {cause.Message}; {partial.Length} bytes are kept", inner: cause);

    private BlobDownloadException Failed(HttpResponseMessage response)
    {
        var status = response.StatusCode;
        var (failure, what) = status switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => (BlobDownloadFailure.NotFound, "the server does not have it"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => (BlobDownloadFailure.Refused, "the server refuses to give it to this site"),
            HttpStatusCode.RequestedRangeNotSatisfiable => (BlobDownloadFailure.WrongAnswer, "the server has less of it than is here, which is thrown away"),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest or HttpStatusCode.NetworkAuthenticationRequired =>
                (BlobDownloadFailure.NotTheServer, $"something sends elsewhere ({response.Headers.Location}): is this network behind a sign-in page?"),
            _ => (BlobDownloadFailure.ServerError, "the server failed"),
        };
        return new BlobDownloadException(failure, $"{address}: {what} (HTTP {(int)status})", status);
    }

    private BlobDownloadException Wrong(HttpResponseMessage response, string what) =>
        new(BlobDownloadFailure.WrongAnswer, $"{address}: {what} (HTTP {(int)response.StatusCode})", response.StatusCode);
}
