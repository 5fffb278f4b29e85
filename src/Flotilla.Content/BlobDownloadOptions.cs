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
