namespace Flotilla.Kubernetes.Selectors;

/// <summary>A selector that cannot be read. The message is the one of kube-apiserver, which answers 400 with it.</summary>
public sealed class SelectorException(string message) : FormatException(message);
