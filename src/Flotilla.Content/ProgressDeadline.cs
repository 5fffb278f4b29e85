namespace Flotilla.Content;

/// <summary>
/// Ends an exchange that gets nowhere: because nothing comes for a while, or because so little comes for so long that the end would never come.
/// A timeout over the whole would either cut slow links or wait for dead ones.
/// </summary>
public sealed class ProgressDeadline : IDisposable
{
    /// <summary>Bytes per second below which nothing that is honest is: the slowest modems of satellites are ten times as fast.</summary>
    public const int SlowestRate = 32;

    private static readonly TimeSpan window = TimeSpan.FromMinutes(2);

    private readonly TimeProvider time;
    private readonly TimeSpan standstill;
    private readonly CancellationTokenSource over;
    private readonly CancellationTokenSource either;
    private long windowBegan;
    private long inWindow;
    private bool isTooSlow;

    /// <param name="first">For how long the first byte may take.</param>
    /// <param name="standstill">For how long nothing may come after that.</param>
    public ProgressDeadline(TimeSpan first, TimeSpan standstill, TimeProvider time, CancellationToken cancellation)
    {
        this.time = time;
        this.standstill = standstill;
        First = first;
        over = new CancellationTokenSource(first, time);
        either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellation);
    }

    /// <summary>Cancelled when the time is over, or by the caller.</summary>
    public CancellationToken Token => either.Token;

    /// <summary>Whether it was the time.</summary>
    public bool IsOver => over.IsCancellationRequested;

    /// <summary>What was wrong, to go on a sentence with.</summary>
    public string Why => isTooSlow
        ? $"less than {SlowestRate} bytes a second arrived for {window}"
        : $"nothing arrived for {(inWindow == 0 && windowBegan == 0 ? First : standstill)}";

    private TimeSpan First { get; }

    /// <summary>Bytes came.</summary>
    public void Received(int bytes)
    {
        var now = time.GetTimestamp();
        if (windowBegan == 0)
            windowBegan = now;
        inWindow += bytes;
        var passed = time.GetElapsedTime(windowBegan, now);
        if (passed >= window && inWindow < SlowestRate * passed.TotalSeconds)
        {
            isTooSlow = true;
            over.Cancel();
            return;
        }
        if (passed >= window)
            (windowBegan, inWindow) = (now, 0);
        over.CancelAfter(standstill);
    }

    /// <summary>We ourselves do not listen for a while: that is nobody's fault.</summary>
    public void Suspend() => over.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>We listen again.</summary>
    public void Resume()
    {
        (windowBegan, inWindow) = (time.GetTimestamp(), 0);
        over.CancelAfter(standstill);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        either.Dispose();
        over.Dispose();
    }
}
