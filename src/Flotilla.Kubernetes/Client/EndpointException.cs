namespace Flotilla.Kubernetes.Client;

/// <summary>An endpoint cannot be used as it is described. The message names file and field, and what to do.</summary>
/// <param name="message">For people.</param>
/// <param name="inner">What found it.</param>
public sealed class EndpointException(string message, Exception? inner = null) : Exception(message, inner);
