namespace Flotilla.Content;

/// <summary>How blobs are downloaded.</summary>
public sealed record BlobDownloadOptions
{
    /// <summary>Where what came so far is kept, so that a download goes on after a restart; null keeps it in memory for as long as the call lasts.</summary>
    public string? PartialFolder { get; init; }

    /// <summary>
    /// Asked after each failure, with their number (from 1) since bytes last arrived: how long to wait before the next attempt; null gives up. Without it, the first failure is the last.
    /// </summary>
    public Func<int, BlobDownloadException, TimeSpan?>? Retry { get; init; }

    /// <summary>Signs each request, as by setting its Authorization.</summary>
    public Func<HttpRequestMessage, ValueTask>? Sign { get; init; }

    /// <summary>
    /// Whether the server is a Flotilla hub, which sends what is missing of a blob packed: it is asked for <c>?from=N</c>, the blob without its first N bytes,
    /// since a range would be one of the packed bytes (RFC 9110 section 14.1). Other servers are asked for ranges of what is not packed.
    /// </summary>
    public bool Packed { get; init; }

    /// <summary>
    /// Told of bytes as they come off the wire, before more are read: waiting in it slows the download down, and is nobody's standstill.
    /// </summary>
    public Func<int, CancellationToken, ValueTask>? Received { get; init; }

    /// <summary>Shown each refusal of the server; true when it brought what a better request can be signed with, which is then made once.</summary>
    public Func<HttpResponseMessage, bool>? Refused { get; init; }

    /// <summary>For how long nothing may arrive before the attempt counts as interrupted.</summary>
    public TimeSpan StandstillTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most bytes that a blob of unknown size may have.</summary>
    public long MaximumSize { get; init; } = 16L * 1024 * 1024 * 1024;

    /// <summary>The clock of waits and timeouts.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>How far a download is.</summary>
/// <param name="Received">Bytes that are there, those of earlier attempts counted.</param>
/// <param name="Total">Bytes of the blob; null while unknown.</param>
public readonly record struct BlobProgress(long Received, long? Total);
