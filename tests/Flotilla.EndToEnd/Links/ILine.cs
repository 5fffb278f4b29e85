namespace Flotilla.EndToEnd.Links;

/// <summary>A bad line between two networks.</summary>
internal interface ILine : IAsyncDisposable
{
    /// <summary>What makes it bad, for a report.</summary>
    string Kind { get; }

    /// <summary>Bytes of IP packets that were sent into it so far, both ways, those that were lost counted.</summary>
    Task<long> BytesAsync(CancellationToken cancellation);
}
