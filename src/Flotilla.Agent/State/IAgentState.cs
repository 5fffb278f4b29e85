using Flotilla.Agent.Applying;
using Flotilla.Agent.Journals;
using Flotilla.Agent.Links;
using Flotilla.Content;

namespace Flotilla.Agent.State;

/// <summary>
/// What an agent knows across restarts. What a call saved survives a loss of power. Two sides: a folder at a site, memory for
/// simulated sites.
/// </summary>
public interface IAgentState : IAsyncDisposable
{
    /// <summary>Who the site is; null before its enrolment.</summary>
    SiteIdentity? Identity { get; }

    /// <summary>What was last saved; never null.</summary>
    SiteRecord Record { get; }

    /// <summary>What was last saved; null when there is none, or what there was cannot be read.</summary>
    Inventory? Inventory { get; }

    IJournal Journal { get; }

    /// <summary>What the link carried, as last saved; null when there is none, or it cannot be read.</summary>
    LinkRecord? Link => null;

    /// <summary>Content by digest.</summary>
    IContentStore Content { get; }

    /// <summary>Whether others use the content, too, so that it is not ours to collect.</summary>
    bool SharesContent { get; }

    /// <summary>Where downloads that are under way are kept; null when that is nowhere.</summary>
    string? PartialFolder { get; }

    /// <summary>Why something of the state could not be read, for the journal, until that is told; null when all is well.</summary>
    string? Lost { get; }

    /// <summary>The loss is told.</summary>
    ValueTask LossToldAsync(CancellationToken cancellation);

    ValueTask SaveIdentityAsync(SiteIdentity identity, CancellationToken cancellation);

    ValueTask SaveRecordAsync(SiteRecord record, CancellationToken cancellation);

    /// <summary>Need not survive a loss of power: it is a count.</summary>
    ValueTask SaveLinkAsync(LinkRecord link, CancellationToken cancellation) => ValueTask.CompletedTask;

    ValueTask SaveInventoryAsync(Inventory inventory, CancellationToken cancellation);
}
