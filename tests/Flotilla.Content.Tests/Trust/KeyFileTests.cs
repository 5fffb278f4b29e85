using System.Security.Cryptography;
using Flotilla.Content.Trust;

namespace Flotilla.Content.Tests.Trust;

public sealed class KeyFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_signing_key_is_the_same_after_a_restart()
    {
        using var made = await SigningKey.CreateAsync(folder["key.pem"], Cancellation);
        using var loaded = await SigningKey.LoadAsync(folder["key.pem"], Cancellation);
        using var copied = SigningKey.FromPem(made.ToPem());

        Assert.Equal(made.KeyId, loaded.KeyId);
        Assert.Equal(made.KeyId, copied.KeyId);
        Assert.True(made.PublicKey.Verify(
            "data"u8, loaded.Sign("data"u8, DSASignatureFormat.Rfc3279DerSequence), DSASignatureFormat.Rfc3279DerSequence));
    }

    [Fact]
    public async Task A_sealing_key_opens_after_a_restart_what_was_sealed_before()
    {
        using var made = await SealingKey.CreateAsync(folder["key.pem"], Cancellation);
        var value = Sealing.Seal(made.PublicKey, "value"u8, "name");

        using var loaded = await SealingKey.LoadAsync(folder["key.pem"], Cancellation);
        using var copied = SealingKey.FromPem(made.ToPem());

        Assert.Equal("value"u8.ToArray(), Sealing.Unseal(loaded, value, "name"));
        Assert.Equal("value"u8.ToArray(), Sealing.Unseal(copied, value, "name"));
    }

    [Fact]
    public async Task A_key_is_for_its_owner_alone_and_in_the_form_that_openssl_reads()
    {
        var openssl = new TestKit.Tool("openssl");
        Assert.SkipUnless(openssl.IsInstalled, openssl.IsMissing);
        using var key = await SigningKey.CreateAsync(folder["key.pem"], Cancellation);

        var shown = await openssl.RunAsync(Cancellation, "pkey", "-in", folder["key.pem"], "-noout", "-text");

        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", await File.ReadAllTextAsync(folder["key.pem"], Cancellation));
        Assert.True(shown.ExitCode == 0, shown.Error);
        Assert.Contains("prime256v1", shown.Output);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["key.pem"]));
    }

    [Fact]
    public async Task A_key_is_never_written_over()
    {
        using var first = await SigningKey.CreateAsync(folder["key.pem"], Cancellation);

        await Assert.ThrowsAsync<IOException>(async () => await SigningKey.CreateAsync(folder["key.pem"], Cancellation));
        await Assert.ThrowsAsync<IOException>(async () => await RootKey.CreateAsync(folder["key.pem"], Cancellation));

        using var loaded = await SigningKey.LoadAsync(folder["key.pem"], Cancellation);
        Assert.Equal(first.KeyId, loaded.KeyId);
    }

    [Fact]
    public async Task What_is_no_private_P_256_key_is_refused_naming_the_file()
    {
        using var larger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var publicOnly = SigningKey.Create();
        using var rsa = RSA.Create(2048);
        using var point = ECDsa.Create(publicOnly.PublicKey.Parameters);
        (string Pem, string Expected)[] cases =
        [
            ("hello", "not a private P-256 key in PEM"),
            ("", "not a private P-256 key in PEM"),
            (larger.ExportPkcs8PrivateKeyPem(), "only P-256 is supported"),
            (rsa.ExportPkcs8PrivateKeyPem(), "not a private P-256 key in PEM"),
            (point.ExportSubjectPublicKeyInfoPem(), "not a private P-256 key in PEM"),
        ];
        foreach (var (pem, expected) in cases)
        {
            await File.WriteAllTextAsync(folder["key.pem"], pem, Cancellation);

            var signing = await Assert.ThrowsAsync<InvalidDataException>(async () => await SigningKey.LoadAsync(folder["key.pem"], Cancellation));
            await Assert.ThrowsAsync<InvalidDataException>(async () => await SealingKey.LoadAsync(folder["key.pem"], Cancellation));

            Assert.StartsWith(folder["key.pem"], signing.Message);
            Assert.Contains(expected, signing.Message);
        }
    }
}
