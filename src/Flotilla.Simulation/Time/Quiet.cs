namespace Flotilla.Simulation.Time;

/// <summary>Tells when the thread pool of this process has nothing to do.</summary>
internal static class Quiet
{
    /// <summary>How often in a row the pool must be found idle: a worker may be between taking an item and being counted.</summary>
    private const int Looks = 3;

    /// <summary>Waits, off the pool, until nothing runs and nothing is queued.</summary>
    public static void Wait(CancellationToken cancellation)
    {
        var spin = new SpinWait();
        for (var idle = 0; idle < Looks;)
        {
            cancellation.ThrowIfCancellationRequested();
            if (IsIdle())
            {
                idle++;
                Thread.SpinWait(50);
                continue;
            }
            idle = 0;
            spin.SpinOnce(sleep1Threshold: 30);
        }
    }

    private static bool IsIdle()
    {
        if (ThreadPool.PendingWorkItemCount > 0)
            return false;
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var available, out _);
        return available >= most;
    }
}
