namespace Flotilla.EndToEnd.Links;

/// <summary>What is wrong with a line; all of it in each direction.</summary>
/// <param name="Delay">How long a packet is under way, once it is sent.</param>
/// <param name="Loss">The part of packets that is lost.</param>
/// <param name="BitsPerSecond">How fast packets are sent.</param>
/// <param name="CutEvery">How often it is cut.</param>
/// <param name="CutFor">For how long nothing passes then.</param>
internal sealed record LineQuality(TimeSpan Delay, double Loss, int BitsPerSecond, TimeSpan CutEvery, TimeSpan CutFor)
{
    /// <summary>A geostationary satellite on a bad day: 600 ms there and back, 5 % loss, 256 kbit/s, gone for five seconds of each thirty.</summary>
    public static readonly LineQuality Satellite = new(TimeSpan.FromMilliseconds(300), 0.05, 256_000, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5));

    /// <summary>What the line holds back before it loses more: as much as modems do.</summary>
    public TimeSpan Queue { get; } = TimeSpan.FromSeconds(1);

    public bool IsCut(TimeSpan sinceStart) => sinceStart.Ticks % CutEvery.Ticks >= (CutEvery - CutFor).Ticks;
}
