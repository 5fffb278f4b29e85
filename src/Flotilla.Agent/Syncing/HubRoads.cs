namespace Flotilla.Agent.Syncing;

/// <summary>
/// Finds the hub where it says in its signed state that it is from now on, and, when nobody answers there, where it was found before. Who answers
/// proves nothing by that: the connection ends in the pinned authority, and what is taken is signed.
/// </summary>
/// <param name="inner">The way; stays the caller's.</param>
/// <param name="known">Where the hub was found at enrolment, or where somebody at the site said that it is.</param>
/// <param name="time">Tells when the new address is tried again.</param>
internal sealed class HubRoads(HttpMessageInvoker inner, Uri known, TimeProvider time) : HttpMessageHandler
{
    /// <summary>For how long the old address serves before the new one is tried again.</summary>
    private static readonly TimeSpan Detour = TimeSpan.FromMinutes(10);

    private long detourUntil = long.MinValue;

    /// <summary>Where the hub says that it is; null while it has not said.</summary>
    public Func<string?> Home { get; set; } = static () => null;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var road = HomeNow() is { } there && time.GetTimestamp() >= Volatile.Read(ref detourUntil) ? there : null;
        if (road is not null)
            request.RequestUri = new Uri(road, request.RequestUri!.PathAndQuery);
        try
        {
            var response = await inner.SendAsync(request, cancellationToken);
            // Whatever took the hub's place there is not it.
            if (road is not null && (int)response.StatusCode is >= 300 and < 400 or 421 or 502 or 504)
                TakeDetour();
            return response;
        }
        catch (Exception e) when (road is not null && (e is HttpRequestException or IOException || !cancellationToken.IsCancellationRequested || IsOver(request)))
        {
            TakeDetour();
            throw;
        }
        catch (Exception e) when (road is null && e is HttpRequestException or IOException)
        {
            // Nor is it at the old address: the new one is next.
            Volatile.Write(ref detourUntil, long.MinValue);
            throw;
        }
    }

    /// <summary>Goes by the known address for now.</summary>
    public void TakeDetour() => Volatile.Write(ref detourUntil, time.GetTimestamp() + (long)(Detour.TotalSeconds * time.TimestampFrequency));

    /// <summary>Whoever takes the connection and never answers is not there either.</summary>
    private static bool IsOver(HttpRequestMessage request) => request.Options.TryGetValue(HubRequests.Deadline, out var deadline) && deadline.IsOver;

    private Uri? HomeNow() =>
        Home() is { } text && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == known.Scheme && !Same(uri, known) ? uri : null;

    private static bool Same(Uri a, Uri b) => Uri.Compare(a, b, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
