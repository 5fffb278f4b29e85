namespace Flotilla.Agent.Syncing;

/// <summary>
/// For how long a request can be held on this link. Some translators of addresses forget a quiet connection after a minute, and tell
/// nobody: holds that break become shorter until they last, and longer again when they have lasted for a while.
/// </summary>
internal sealed class HoldSpan
{
    /// <summary>Shorter ones would only cost; nothing forgets sooner.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(25);

    /// <summary>One that breaks is chance, as a hub that starts anew; two in a row are the line.</summary>
    private const int Enough = 2;
    private const int LastedOften = 20;
    private TimeSpan longest = TimeSpan.FromDays(1);
    private int broken;
    private int lasted;

    /// <summary>The seconds to ask for.</summary>
    public int Within(int wanted) => (int)Math.Min(wanted, longest.TotalSeconds);

    public void Broke(TimeSpan after)
    {
        lasted = 0;
        if (after < Shortest || ++broken < Enough)
            return;
        var half = (after < longest ? after : longest) / 2;
        longest = half > Shortest ? half : Shortest;
    }

    public void Lasted(TimeSpan held)
    {
        if (held < longest * 0.9 && held < Shortest)
            return;
        broken = 0;
        if (++lasted < LastedOften)
            return;
        lasted = 0;
        if (longest < TimeSpan.FromDays(1))
            longest *= 2;
    }
}
