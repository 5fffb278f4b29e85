using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;

namespace Flotilla.Content.Tests.Trust;

/// <summary>Private keys from the numbers that standards publish.</summary>
internal static class Keys
{
    /// <summary>RFC 7518, appendix C: "Bob".</summary>
    public const string BobD = "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw";

    public const string BobX = "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ", BobY = "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck";

    public static string Jwk(string x, string y) => $$"""{"kty":"EC","crv":"P-256","x":"{{x}}","y":"{{y}}"}""";

    public static string JwkOf(string decimalX, string decimalY) => Jwk(Field(decimalX), Field(decimalY));

    public static string Pem(string x, string y, string d)
    {
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(x), Y = Base64Url.DecodeFromChars(y) },
            D = Base64Url.DecodeFromChars(d),
        });
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string Field(string number)
    {
        var bytes = BigInteger.Parse(number, System.Globalization.CultureInfo.InvariantCulture).ToByteArray(isUnsigned: true, isBigEndian: true);
        return Base64Url.EncodeToString([.. new byte[32 - bytes.Length], .. bytes]);
    }
}
