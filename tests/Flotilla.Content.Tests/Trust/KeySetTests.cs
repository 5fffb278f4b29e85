using System.Text;
using Flotilla.Content.Trust;

namespace Flotilla.Content.Tests.Trust;

public sealed class KeySetTests
{
    private static readonly RootKey root = RootKey.Create(), otherRoot = RootKey.Create();
    private static readonly SigningKey first = SigningKey.Create(), second = SigningKey.Create();
    private static readonly DateTimeOffset issued = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_site_trusts_what_a_key_of_the_newest_set_signed()
    {
        var set = KeySet.Verify(root.Sign(Set(1, first)), root.PublicKey, "hub-1");
        var state = DsseEnvelope.Sign("state", "release"u8, first);

        Assert.Equal("release"u8.ToArray(), state.Verify("state", set));

        var rotated = KeySet.Verify(root.Sign(Set(2, second)), root.PublicKey, "hub-1", set);
        Assert.Equal(DsseRefusal.UnknownKey, Assert.Throws<DsseException>(() => state.Verify("state", rotated)).Reason);
        Assert.Equal(issued, rotated.Issued);
    }

    [Fact]
    public void What_is_signed_is_canonical() => Assert.Equal(
        $$"""{"hub":"hub-1","issued":"2026-01-02T03:04:05+00:00","keys":[{{first.PublicKey.ToJwk()}}],"version":1}""",
        Encoding.UTF8.GetString(root.Sign(Set(1, first)).Verify(KeySet.PayloadType, root.PublicKey)));

    [Fact]
    public void The_known_version_may_come_again_and_older_ones_may_not()
    {
        var known = Set(2, first);

        KeySet.Verify(root.Sign(Set(2, first)), root.PublicKey, "hub-1", known);
        KeySet.Verify(root.Sign(Set(3, first, second)), root.PublicKey, "hub-1", known);

        Refused(DsseRefusal.Outdated, "key set 1 is older than 2", root.Sign(Set(1, first)), known);
        Refused(DsseRefusal.Outdated, "sign the change as version 3", root.Sign(Set(2, second)), known);
    }

    [Fact]
    public void Only_the_pinned_root_key_counts()
    {
        Refused(DsseRefusal.UnknownKey, "is not trusted", otherRoot.Sign(Set(9, second)));
        // A stolen signing key that names its successor.
        Refused(DsseRefusal.UnknownKey, "is not trusted", DsseEnvelope.Sign(KeySet.PayloadType, Set(9, second).ToPayload(), first));
        // An envelope that only claims to be signed by the root key.
        var forged = DsseEnvelope.Sign(KeySet.PayloadType, Set(9, second).ToPayload(), first);
        Refused(DsseRefusal.BadSignature, "not genuine", forged with { Signatures = [forged.Signatures[0] with { KeyId = root.KeyId }] });
        Refused(DsseRefusal.OtherHub, "is of the hub 'hub-2', not of 'hub-1'", root.Sign(Set(9, second) with { Hub = "hub-2" }));
    }

    [Fact]
    public void An_epoch_is_no_key_set_and_a_key_set_is_no_epoch()
    {
        Refused(DsseRefusal.OtherPayloadType, "epoch+json", root.Sign(Grant(1)));
        Assert.Equal(
            DsseRefusal.OtherPayloadType,
            Assert.Throws<DsseException>(() => EpochGrant.Verify(root.Sign(Set(1, first)), root.PublicKey, "hub-1")).Reason);
    }

    [Fact]
    public void The_root_key_signs_no_set_that_is_empty_or_holds_itself()
    {
        Assert.Contains("deaf", Assert.Throws<ArgumentException>(() => root.Sign(Set(1))).Message);
        Assert.Contains(
            "does not belong", Assert.Throws<ArgumentException>(() => root.Sign(Set(1) with { Keys = [root.PublicKey] })).Message);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"hub":"hub-1","issued":"2026-01-02T03:04:05+00:00","keys":[],"version":1}""")]
    [InlineData("""{"hub":"hub-1","issued":"2026-01-02T03:04:05+00:00","keys":[{"kty":"RSA"}],"version":1}""")]
    [InlineData("""{"hub":"hub-1","issued":"yesterday","keys":[],"version":1}""")]
    public void What_is_signed_but_no_key_set_is_refused(string payload)
    {
        using var signer = SigningKey.Create();
        var envelope = DsseEnvelope.Sign(KeySet.PayloadType, Encoding.UTF8.GetBytes(payload), signer);

        Assert.Equal(DsseRefusal.Malformed, Assert.Throws<DsseException>(() => KeySet.Verify(envelope, signer.PublicKey, "hub-1")).Reason);
    }

    [Fact]
    public void An_epoch_never_goes_back()
    {
        Assert.Equal(3, EpochGrant.Verify(root.Sign(Grant(3)), root.PublicKey, "hub-1", known: 3).Epoch);
        EpochRefused(DsseRefusal.Outdated, root.Sign(Grant(2)), known: 3);
        EpochRefused(DsseRefusal.OtherHub, root.Sign(Grant(4) with { Hub = "hub-2" }), known: 3);
        EpochRefused(DsseRefusal.UnknownKey, otherRoot.Sign(Grant(4)), known: 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => root.Sign(Grant(0)));
    }

    private static KeySet Set(long version, params SigningKey[] keys) =>
        new() { Hub = "hub-1", Version = version, Issued = issued, Keys = [.. keys.Select(k => k.PublicKey)] };

    private static EpochGrant Grant(long epoch) => new() { Hub = "hub-1", Epoch = epoch, Issued = issued };

    private static void Refused(DsseRefusal reason, string message, DsseEnvelope envelope, KeySet? known = null)
    {
        var refusal = Assert.Throws<DsseException>(() => KeySet.Verify(envelope, root.PublicKey, "hub-1", known));
        Assert.Equal(reason, refusal.Reason);
        Assert.Contains(message, refusal.Message);
    }

    private static void EpochRefused(DsseRefusal reason, DsseEnvelope envelope, long known) =>
        Assert.Equal(reason, Assert.Throws<DsseException>(() => EpochGrant.Verify(envelope, root.PublicKey, "hub-1", known)).Reason);
}
