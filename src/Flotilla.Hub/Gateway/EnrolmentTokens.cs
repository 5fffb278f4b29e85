using System.Security.Cryptography;
using System.Text;
using Flotilla.Api.Sync;
using Flotilla.Hub.Identity;

namespace Flotilla.Hub.Gateway;

/// <summary>Tokens of this hub.</summary>
internal static class EnrolmentTokens
{
    public static string New(HubKeys keys) =>
        EnrolmentTokenText.New(RandomNumberGenerator.GetBytes(32), SHA256.HashData(keys.Authority.RawData), keys.Root.KeyId).ToString();

    /// <summary>What the ledger knows of it.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
