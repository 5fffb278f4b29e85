namespace Flotilla.Kubernetes.Client;

/// <summary>A server does not serve what was asked for, though discovery was read anew.</summary>
/// <param name="message">For people.</param>
public sealed class UnknownResourceException(string message) : Exception(message);
