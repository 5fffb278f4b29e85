namespace Flotilla.Core.Sites;

/// <summary>Why a site is not let in any more.</summary>
/// <param name="Reason">A code of <see cref="Flotilla.Api.Reasons"/>.</param>
/// <param name="Message">What happened, a sentence.</param>
public sealed record SiteBar(string Reason, string Message, DateTimeOffset Since);

/// <summary>Somebody with other keys wanted to be this site, and was refused.</summary>
/// <param name="KeyId">Thumbprint of the key.</param>
public sealed record ContestedIdentity(string KeyId, DateTimeOffset Time);
