namespace Flotilla.Hub.Ledger;

/// <summary>The ledger cannot do what was asked, or may not have done it; the message says why and what to do.</summary>
public sealed class LedgerException(string message, Exception? inner = null) : Exception(message, inner);
