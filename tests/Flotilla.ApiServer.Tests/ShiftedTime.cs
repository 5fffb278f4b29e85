namespace Flotilla.ApiServer.Tests;

/// <summary>The real clock, moved ahead by hand.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
