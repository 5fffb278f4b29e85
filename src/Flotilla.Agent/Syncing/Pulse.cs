namespace Flotilla.Agent.Syncing;

/// <summary>Tells those who wait that something changed; several changes between two looks are one.</summary>
public sealed class Pulse
{
    private readonly Lock gate = new();
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends at the next beat. Take it before looking, wait for it after.</summary>
    public Task Next
    {
        get
        {
            lock (gate)
                return next.Task;
        }
    }

    public void Beat()
    {
        TaskCompletionSource before;
        lock (gate)
            (before, next) = (next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        before.TrySetResult();
    }
}
