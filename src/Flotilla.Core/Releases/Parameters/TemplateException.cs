namespace Flotilla.Core.Releases.Parameters;

/// <summary>Something cannot be filled in; caught where the object or the patch is known, and told as a problem there.</summary>
internal sealed class TemplateException(string message) : Exception(message);
