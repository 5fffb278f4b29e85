namespace Flotilla.Agent.Applying;

/// <summary>Which pods keep a workload from being healthy: looked at only while it is not, some time after its state changed, then more and more seldom.</summary>
internal sealed partial class ApplyLoop
{
    private const int PodLooksAtOnce = 4;

    /// <summary>By then a pod that cannot start says so.</summary>
    private static readonly TimeSpan FirstPodLook = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SeldomPodLook = TimeSpan.FromMinutes(10);
    private int podLooks;

    /// <summary>The state of a workload may have changed.</summary>
    private void NotePods(TrackedObject tracked, LiveObject? before, LiveObject live)
    {
        if (live.Pods is null)
            tracked.Pods = null;
        else if (tracked.Pods is null || before?.Health.Reason != live.Health.Reason)
            tracked.Pods = new PodLook { Next = time.GetUtcNow() + FirstPodLook, Found = tracked.Pods?.Found ?? "" };
    }

    private void LookAtPods(DateTimeOffset now)
    {
        foreach (var tracked in objects.Values)
        {
            if (tracked is not { Pods: { InFlight: false } look, Live.Pods: { } selector, Wanted: not null })
                continue;
            if (look.Next > now || podLooks >= PodLooksAtOnce)
            {
                if (look.Next > now)
                    LookAgainAt(look.Next);
                continue;
            }
            look.InFlight = true;
            podLooks++;
            Start(() => PodLook.RunAsync(cluster, tracked, look, selector, cancellation));
        }
    }

    private void Take(ApplyMessage.PodsLooked looked)
    {
        podLooks--;
        var look = looked.Look;
        (look.InFlight, look.Found) = (false, looked.Found);
        look.Next = time.GetUtcNow() + Backoff(look.Looks++, 2 * FirstPodLook, SeldomPodLook);
    }

    /// <summary>What an object lacks, for people.</summary>
    private static string Lacks(TrackedObject tracked) =>
        tracked.Pods is { Found.Length: > 0 } look ? $"{tracked.Live!.Health.Message}; {look.Found}" : tracked.Live!.Health.Message;
}
