using System.Net;

namespace Flotilla.Content;

/// <summary>Why a download failed.</summary>
public enum BlobDownloadFailure
{
    /// <summary>The server could not be reached, or the connection broke or stood still. What came so far is kept.</summary>
    Interrupted,

    /// <summary>The server does not have the blob.</summary>
    NotFound,

    /// <summary>The server refuses to give it to this caller.</summary>
    Refused,

    /// <summary>The server answered with an error; see <see cref="BlobDownloadException.Status"/>.</summary>
    ServerError,

    /// <summary>Something else answered: a web page, as the sign-in page of a network, or a redirection to one.</summary>
    NotTheServer,

    /// <summary>The answer contradicts what was asked: another length, another range, an encoding.</summary>
    WrongAnswer,

    /// <summary>All bytes came, and they are not what the digest promises. They are thrown away.</summary>
    WrongContent,
}

/// <summary>A blob could not be downloaded.</summary>
public sealed class BlobDownloadException(BlobDownloadFailure failure, string message, HttpStatusCode? status = null, Exception? inner = null)
    : IOException(message, inner)
{
    /// <summary>Why.</summary>
    public BlobDownloadFailure Failure => failure;

    /// <summary>The status of the answer; null when there was none.</summary>
    public HttpStatusCode? Status => status;

    /// <summary>When the server wants to be asked again; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
