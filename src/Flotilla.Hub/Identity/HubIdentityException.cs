namespace Flotilla.Hub.Identity;

/// <summary>The keys of a hub cannot be used; the message says which file and what to do.</summary>
public sealed class HubIdentityException(string message, Exception? inner = null) : Exception(message, inner);
