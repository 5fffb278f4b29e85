using System.Text;
using System.Text.Json;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

/// <summary>Makes an exception of an answer that is a failure.</summary>
internal static class ApiFailure
{
    private const int MostShown = 300;

    public static ApiStatusException Of(HttpRequestMessage request, Answer answer, TimeProvider time)
    {
        var status = Told(answer) ?? Made(request, answer);
        if (status.Code == 0)
            status = status with { Code = answer.Code };
        if (status.RetryAfterSeconds == 0 && RetryAfter(answer, time) is > 0 and var seconds)
            status = status with { RetryAfterSeconds = seconds };
        return new ApiStatusException(status);
    }

    private static ApiStatus? Told(Answer answer)
    {
        try
        {
            return ApiStatus.FromJson(JsonText.Parse(answer.Body.Span));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Proxies, and paths that nothing serves, answer in words of their own.</summary>
    private static ApiStatus Made(HttpRequestMessage request, Answer answer)
    {
        var text = Encoding.UTF8.GetString(answer.Body.Span[..Math.Min(answer.Body.Length, MostShown)]).Trim();
        var said = text.Length == 0 ? "" : $": {text}";
        return new ApiStatus(answer.Code, Reason(answer.Code), $"{request.Method} {request.RequestUri} was answered with {answer.Code}{said}");
    }

    private static string Reason(int code) => code switch
    {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        409 => "Conflict",
        410 => "Expired",
        413 => "RequestEntityTooLarge",
        415 => "UnsupportedMediaType",
        422 => "Invalid",
        429 => "TooManyRequests",
        500 => "InternalError",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "",
    };

    private static int RetryAfter(Answer answer, TimeProvider time)
    {
        var wait = answer.Headers.RetryAfter;
        var span = wait?.Delta ?? (wait?.Date is { } date ? date - time.GetUtcNow() : TimeSpan.Zero);
        return (int)Math.Clamp(Math.Ceiling(span.TotalSeconds), 0, 3600);
    }
}
