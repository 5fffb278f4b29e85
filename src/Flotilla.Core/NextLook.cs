namespace Flotilla.Core;

/// <summary>When a reconciler looks again, beyond every change of what it observes.</summary>
public abstract record NextLook
{
    private NextLook()
    {
    }

    /// <summary>When something changes.</summary>
    public sealed record OnChange : NextLook;

    /// <summary>After a while as well, and why.</summary>
    public sealed record After(TimeSpan Delay, string Because) : NextLook;

    /// <summary>Nothing but a changed spec can help.</summary>
    public sealed record NotUntilSpecChanges(string Because) : NextLook;
}
