namespace Flotilla.ApiServer.Lifecycle;

/// <summary>What one write has taken from its cluster; disposing of it gives that back unless the write succeeded.</summary>
internal interface IReservation : IDisposable
{
    /// <summary>The write succeeded: what was taken is kept, and what the object had before and has no more is free.</summary>
    void Commit();
}
