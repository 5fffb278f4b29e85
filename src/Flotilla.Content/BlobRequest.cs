using System.Buffers;
using System.Globalization;
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
        using var deadline = new ProgressDeadline(options.StandstillTimeout, options.StandstillTimeout, options.Time, cancellation);
        try
        {
            using var response = await AskAsync(partial, deadline.Token);
            if (IsWhole(response, partial))
                return;
            var total = Accept(response, partial, size);
            await CopyAsync(response, partial, size ?? total, deadline, progress);
        }
        catch (Exception exception) when (deadline.IsOver && !cancellation.IsCancellationRequested && exception is OperationCanceledException or HttpRequestException or IOException)
        {
            throw new BlobDownloadException(BlobDownloadFailure.Interrupted, $"{address}: {deadline.Why}; {partial.Length} bytes are kept", inner: exception);
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw Interrupted(partial, exception);
        }
    }

    /// <summary>Asks for what is missing; once more when a refusal told how.</summary>
    private async Task<HttpResponseMessage> AskAsync(PartialBlob partial, CancellationToken cancellation)
    {
        for (var again = false; ; again = true)
        {
            using var request = Request(partial);
            if (options.Sign is not null)
                await options.Sign(request);
            var response = await SendAsync(request, cancellation);
            if (again || response.StatusCode != HttpStatusCode.Unauthorized || options.Refused?.Invoke(response) is not true)
                return response;
            response.Dispose();
        }
    }

    private HttpRequestMessage Request(PartialBlob partial)
    {
        if (options.Packed)
        {
            var wanted = partial.Length > 0 ? new UriBuilder(address) { Query = string.Create(CultureInfo.InvariantCulture, $"from={partial.Length}") }.Uri : address;
            var packed = new HttpRequestMessage(HttpMethod.Get, wanted) { Version = HttpVersion.Version20 };
            ContentCoding.Accept(packed);
            return packed;
        }
        var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version20 };
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (partial.Length > 0)
            request.Headers.Range = new RangeHeaderValue(partial.Length, null);
        return request;
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
        var isPacked = headers.ContentEncoding.Any(e => e != "identity");
        if (isPacked && !options.Packed)
            throw Wrong(response, $"the body is encoded ({string.Join(", ", headers.ContentEncoding)}) though none was allowed");
        long? total;
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            var range = headers.ContentRange;
            if (range is not { Unit: "bytes", HasRange: true } || range.From != partial.Length)
                throw Wrong(response, $"bytes from {partial.Length} were asked for, and '{range}' came");
            total = range.Length;
        }
        else if (IsTail(response, partial))
        {
            total = isPacked ? null : partial.Length + headers.ContentLength;
        }
        else
        {
            total = isPacked ? null : headers.ContentLength;
        }
        if (size is not null && total is not null && total != size)
            throw Wrong(response, $"the blob has {size} bytes, and the answer speaks of {total}");
        if (total > options.MaximumSize)
            throw Wrong(response, $"the blob has {total} bytes, more than the {options.MaximumSize} that are allowed");
        if (response.StatusCode == HttpStatusCode.OK && !IsTail(response, partial))
            partial.Clear();
        return total;
    }

    /// <summary>Whether the answer goes on where we are. One that does not say so is the whole blob.</summary>
    private bool IsTail(HttpResponseMessage response, PartialBlob partial) =>
        options.Packed && partial.Length > 0 && response.Headers.TryGetValues(BlobDownload.FromHeader, out var values)
        && values.FirstOrDefault() == partial.Length.ToString(CultureInfo.InvariantCulture);

    private async ValueTask CopyAsync(HttpResponseMessage response, PartialBlob partial, long? total, ProgressDeadline deadline, IProgress<BlobProgress>? progress)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await using var wire = new WireStream(await response.Content.ReadAsStreamAsync(deadline.Token), deadline, options.Received);
            await using var body = ContentCoding.Unpack(wire, response.Content.Headers.ContentEncoding)
                ?? throw Wrong(response, $"the body is encoded ({string.Join(", ", response.Content.Headers.ContentEncoding)}) as it was not asked for");
            for (int read; (read = await ReadAsync(body, buffer.AsMemory(0, BufferSize), partial, deadline.Token)) > 0;)
            {
                if (partial.Length + read > (total ?? options.MaximumSize))
                {
                    partial.Clear();
                    throw Wrong(response, $"the body goes on after the {total ?? options.MaximumSize} bytes that the blob may have; what came is thrown away");
                }
                await partial.AppendAsync(buffer.AsMemory(0, read), deadline.Token);
                progress?.Report(new BlobProgress(partial.Length, total));
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
        catch (Exception exception) when (exception is IOException or InvalidDataException or InvalidOperationException)
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
        return new BlobDownloadException(failure, $"{address}: {what} (HTTP {(int)status})", status) { RetryAfter = RetryAfter(response) };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - options.Time.GetUtcNow(),
        _ => null,
    };

    private BlobDownloadException Wrong(HttpResponseMessage response, string what) =>
        new(BlobDownloadFailure.WrongAnswer, $"{address}: {what} (HTTP {(int)response.StatusCode})", response.StatusCode);
}
