using System.Security.Cryptography.X509Certificates;

namespace Flotilla.ApiServer.Certificates;

/// <summary>
/// The certificate that connections are served with: made at start from an authority, so there is no second secret on disk, and made
/// anew in a server that runs for long.
/// </summary>
internal sealed class ServingCertificate(X509Certificate2 authority, ServedNames names, TimeProvider time) : IDisposable
{
    private readonly Lock guard = new();
    private X509Certificate2 current = CertificateSigning.SignServing(authority, names, time.GetUtcNow());

    /// <summary>The certificate for now. Ask for each connection.</summary>
    public X509Certificate2 Current
    {
        get
        {
            var now = time.GetUtcNow();
            var known = current;
            if (now < known.NotAfter - CertificateSigning.ServingLifetime / 3)
                return known;
            lock (guard)
            {
                // The old one may still be in use by a handshake, so it is left to the finaliser.
                if (ReferenceEquals(current, known))
                    current = CertificateSigning.SignServing(authority, names, now);
                return current;
            }
        }
    }

    public void Dispose() => current.Dispose();
}
