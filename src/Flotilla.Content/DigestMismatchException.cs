namespace Flotilla.Content;

/// <summary>Content is not what its digest promises.</summary>
/// <param name="where">What was read, as a path or an address.</param>
public sealed class DigestMismatchException(string where, Digest expected, Digest actual)
    : IOException($"{where} is not what its digest promises: expected {expected}, found {actual}")
{
    /// <summary>What was promised.</summary>
    public Digest Expected => expected;

    /// <summary>What was found.</summary>
    public Digest Actual => actual;
}
