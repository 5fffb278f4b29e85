using System.Net;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Hub.Gateway;

/// <summary>Lets each address try a few times, and again as time goes by: whoever guesses tokens gets nowhere.</summary>
internal sealed class AddressLimit(TimeProvider time, int tries, TimeSpan refill)
{
    private const int MostAddresses = 10_000;
    private readonly Dictionary<IPAddress, (double Left, long At)> addresses = [];
    private readonly Lock guard = new();

    /// <exception cref="ApiStatusException">429: too many tries.</exception>
    public void Demand(IPAddress? address)
    {
        if (address is null)
            return;
        var now = time.GetTimestamp();
        lock (guard)
        {
            var (left, at) = addresses.TryGetValue(address, out var known) ? known : (tries, now);
            left = Math.Min(tries, left + (time.GetElapsedTime(at, now) / refill));
            if (left < 1)
                throw new ApiStatusException(new ApiStatus(429, "TooManyRequests", "too many tries from this address, try again later") { RetryAfterSeconds = (int)Math.Ceiling(refill.TotalSeconds) });
            if (addresses.Count >= MostAddresses)
                addresses.Clear();
            addresses[address] = (left - 1, now);
        }
    }
}
