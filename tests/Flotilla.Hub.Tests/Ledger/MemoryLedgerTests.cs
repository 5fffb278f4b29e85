using Flotilla.Hub.Ledger;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.Hub.Tests.Ledger;

/// <summary>A ledger for simulations: its place ends with it, so what is opened again is the same one.</summary>
public sealed class MemoryLedgerTests : LedgerContract
{
    private protected override ValueTask<string> NewPlaceAsync() => new("");

    private protected override Task<ILedger> OpenAsync(string place, JournalRetention? retention) =>
        Task.FromResult(SqliteLedger.InMemory(Time, NullLogger.Instance, retention));

    private protected override ValueTask<string?> FirstVersionAsync() => new((string?)null);

    private protected override bool Outlives => false;
}
