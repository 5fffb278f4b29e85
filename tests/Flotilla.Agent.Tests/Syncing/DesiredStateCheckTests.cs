using System.Text.Json;
using Flotilla.Agent.State;
using Flotilla.Agent.Syncing;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content.Trust;

namespace Flotilla.Agent.Tests.Syncing;

public sealed class DesiredStateCheckTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly SigningKey signing = SigningKey.Create();
    private readonly SigningKey stranger = SigningKey.Create();
    private readonly RootKey root = RootKey.Create();
    private readonly SiteIdentity site;

    public DesiredStateCheckTests() => site = new("retail/store-0042", "hub-a", root.PublicKey.ToJwkElement(), "https://hub.example.com")
    {
        SigningKey = SigningKey.Create(),
        SealingKey = SealingKey.Create(),
    };

    public void Dispose()
    {
        signing.Dispose();
        stranger.Dispose();
        root.Dispose();
        site.SigningKey.Dispose();
        site.SealingKey.Dispose();
    }

    [Theory]
    [InlineData("hub-a", "retail/store-0042", 2, 6, "")]
    [InlineData("hub-a", "retail/store-0042", 3, 1, "")]
    [InlineData("hub-a", "retail/store-0042", 2, 5, Reasons.NotNewer)]
    [InlineData("hub-a", "retail/store-0042", 2, 4, Reasons.NotNewer)]
    [InlineData("hub-a", "retail/store-0042", 1, 99, Reasons.NotNewer)]
    [InlineData("hub-b", "retail/store-0042", 9, 9, Reasons.OtherHub)]
    [InlineData("hub-a", "retail/store-0043", 9, 9, Reasons.OtherSite)]
    [InlineData("hub-a", "other/store-0042", 9, 9, Reasons.OtherSite)]
    public void Only_what_this_hub_wants_of_this_site_and_is_newer_is_taken(string hub, string name, long epoch, long sequence, string reason) =>
        AssertOutcome(reason, Sign(State(hub, name, epoch, sequence) with { Grant = Grant(root, "hub-a", epoch) }, signing));

    [Fact]
    public void A_new_epoch_counts_only_with_the_grant_of_the_root_key()
    {
        using var other = RootKey.Create();
        var state = State("hub-a", "retail/store-0042", 3, 1);
        AssertOutcome(Reasons.EpochNotGranted, Sign(state, signing));
        AssertOutcome(Reasons.EpochNotGranted, Sign(state with { Grant = Grant(other, "hub-a", 3) }, signing));
        AssertOutcome(Reasons.EpochNotGranted, Sign(state with { Grant = Grant(root, "hub-b", 3) }, signing));
        AssertOutcome(Reasons.EpochNotGranted, Sign(state with { Grant = Grant(root, "hub-a", 2) }, signing));
        AssertOutcome(Reasons.EpochNotGranted, Sign(state with { Grant = JsonElement.Parse("[1]") }, signing));
        AssertOutcome("", Sign(state with { Grant = Grant(root, "hub-a", 3) }, signing));
    }

    [Fact]
    public void Who_missed_three_rotations_takes_the_newest_key_set_and_no_older_one()
    {
        var known = KeySet.Verify(root.Sign(Keys()), root.PublicKey, "hub-a");
        var keys = Enumerable.Range(0, 3).Select(_ => SigningKey.Create()).ToList();
        var rotated = keys.Select((key, i) => root.Sign(Keys() with { Version = i + 2, Keys = [key.PublicKey] })).ToList();
        var newest = KeySet.Verify(rotated[2], root.PublicKey, "hub-a", known);
        Assert.Equal(keys[2].KeyId, Assert.Single(newest.Keys).KeyId);
        Assert.Throws<DsseException>(() => KeySet.Verify(rotated[1], root.PublicKey, "hub-a", newest));
        // A signing key names no successor.
        var forged = DsseEnvelope.Sign(KeySet.PayloadType, JsonSerializer.SerializeToUtf8Bytes(new { hub = "hub-a", version = 9, issued = Now, keys = Array.Empty<object>() }), keys[2]);
        Assert.Throws<DsseException>(() => KeySet.Verify(forged, root.PublicKey, "hub-a", newest));
        Assert.Equal(Reasons.BadSignature, Check(Sign(State("hub-a", "retail/store-0042", 2, 9), signing).ToElement(), newest).Reason);
        Assert.Equal("", Check(Sign(State("hub-a", "retail/store-0042", 2, 9), keys[2]).ToElement(), newest).Reason);
        keys.ForEach(key => key.Dispose());
    }

    [Fact]
    public void Another_key_than_those_of_the_set_counts_for_nothing() =>
        AssertOutcome(Reasons.BadSignature, Sign(State("hub-a", "retail/store-0042", 9, 9), stranger));

    [Fact]
    public void A_payload_under_the_signature_of_another_is_refused()
    {
        var signed = Sign(State("hub-a", "retail/store-0042", 2, 6), signing);
        var other = Sign(State("hub-a", "retail/store-0042", 9, 9), signing);
        AssertOutcome(Reasons.BadSignature, signed with { Payload = other.Payload });
    }

    [Fact]
    public void Something_else_that_the_hub_signed_is_no_desired_state()
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(State("hub-a", "retail/store-0042", 9, 9), ApiJson.Default.DesiredState);
        AssertOutcome(Reasons.BadSignature, DsseEnvelope.Sign("text/plain", payload, signing));
        AssertOutcome(Reasons.Malformed, DsseEnvelope.Sign(DesiredState.PayloadType, "{}"u8, signing));
        AssertOutcome(Reasons.Malformed, DsseEnvelope.Sign(DesiredState.PayloadType, "null"u8, signing));
        AssertOutcome(Reasons.Malformed, DsseEnvelope.Sign(DesiredState.PayloadType, [0xff], signing));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    public void What_is_no_envelope_is_refused_and_does_no_harm(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(Reasons.Malformed, Check(document.RootElement, Keys()).Reason);
    }

    [Fact]
    public void Without_a_key_set_nothing_is_taken() =>
        Assert.Equal(Reasons.BadSignature, Check(Sign(State("hub-a", "retail/store-0042", 9, 9), signing).ToElement(), null).Reason);

    [Theory]
    [InlineData(1, 9, 2, 1, 2, 1)]
    [InlineData(2, 1, 1, 9, 2, 1)]
    [InlineData(2, 3, 2, 7, 2, 7)]
    public void The_floor_of_disk_and_cluster_is_the_higher_and_the_later_of_both(long e1, long s1, long e2, long s2, long epoch, long sequence)
    {
        var floor = new SignedFloor(e1, s1, Now.AddDays(1)).Or(new SignedFloor(e2, s2, Now));
        Assert.Equal(new SignedFloor(epoch, sequence, Now.AddDays(1)), floor);
    }

    private void AssertOutcome(string reason, DsseEnvelope envelope)
    {
        var (state, why, message) = Check(envelope.ToElement(), Keys());
        Assert.Equal(reason, why);
        Assert.Equal(reason.Length == 0, state is not null);
        Assert.Equal(reason.Length == 0, message.Length == 0);
    }

    private (DesiredState? State, string Reason, string Message) Check(JsonElement envelope, KeySet? keys) =>
        DesiredStateCheck.Check(envelope, keys, site, new SignedFloor(2, 5, Now));

    private static JsonElement Grant(RootKey key, string hub, long epoch) => key.Sign(new EpochGrant { Hub = hub, Epoch = epoch, Issued = Now }).ToElement();

    private KeySet Keys() => new() { Hub = "hub-a", Version = 1, Issued = Now, Keys = [signing.PublicKey] };

    private static DsseEnvelope Sign(DesiredState state, SigningKey key) =>
        DsseEnvelope.Sign(DesiredState.PayloadType, JsonSerializer.SerializeToUtf8Bytes(state, ApiJson.Default.DesiredState), key);

    private static DesiredState State(string hub, string name, long epoch, long sequence) =>
        new() { Hub = hub, Site = name, Epoch = epoch, Sequence = sequence, Issued = Now };
}
