using System.Security.Cryptography.X509Certificates;

namespace Flotilla.Kubernetes.Client;

/// <summary>What a client shows of itself, which may change while it runs.</summary>
internal abstract class Credentials : IDisposable
{
    /// <summary>Whether <see cref="Certificate"/> can ever be one.</summary>
    public virtual bool MayHaveCertificate => false;

    /// <summary>The certificate for new connections, as of the last <see cref="BearerAsync"/>.</summary>
    public virtual X509Certificate2? Certificate => null;

    /// <summary>The bearer token to send now; null for none.</summary>
    public abstract ValueTask<string?> BearerAsync(CancellationToken cancellation);

    /// <summary>The server refused what was shown: look for something newer next time.</summary>
    public virtual void Refused()
    {
    }

    public virtual void Dispose()
    {
    }

    public static Credentials Of(KubernetesEndpoint endpoint, TimeProvider time) => endpoint switch
    {
        { SignIn: { } plugin } => new ExecCredentials(plugin, endpoint, time),
        { TokenFile: { } file } => new TokenFileCredentials(file, time),
        _ => new FixedToken(endpoint.Token),
    };
}

/// <summary>Always the same token, or none.</summary>
internal sealed class FixedToken(string? token) : Credentials
{
    public override ValueTask<string?> BearerAsync(CancellationToken cancellation) => new(token);
}

/// <summary>A token in a file that somebody else keeps fresh, as the kubelet does for service accounts.</summary>
internal sealed class TokenFileCredentials(string file, TimeProvider time) : Credentials
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMinutes(1);
    private volatile Known? known;

    public override ValueTask<string?> BearerAsync(CancellationToken cancellation)
    {
        var now = time.GetTimestamp();
        if (known is { } fresh && time.GetElapsedTime(fresh.ReadAt, now) < ReadEvery)
            return new(fresh.Token);
        string token;
        try
        {
            token = File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // While the file is being replaced the old token is still good.
            if (known is { } old)
                return new(old.Token);
            throw new EndpointException($"{file}: the token cannot be read ({e.Message}); make the file readable for this program", e);
        }
        if (token.Length == 0)
            throw new EndpointException($"{file}: holds no token; write a bearer token into it");
        known = new Known(token, now);
        return new(token);
    }

    public override void Refused()
    {
        if (known is { } refused)
            known = refused with { ReadAt = time.GetTimestamp() - (long)(ReadEvery.TotalSeconds * time.TimestampFrequency) };
    }

    private sealed record Known(string Token, long ReadAt);
}
