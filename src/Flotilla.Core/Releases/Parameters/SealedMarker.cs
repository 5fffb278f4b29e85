namespace Flotilla.Core.Releases.Parameters;

/// <summary>
/// How a sealed value stands in a release: U+E000, its name, U+E001 (<see cref="Api.Releases.ReleaseComponent.Sealed"/>). Nothing else may
/// hold these characters, or somebody could make a site put a secret where they can read it.
/// </summary>
internal static class SealedMarker
{
    public const char Begin = '\uE000', End = '\uE001';

    public const string Reserved = "the characters U+E000 and U+E001 mark sealed values and must not stand anywhere else";

    public static string Of(string name) => $"{Begin}{name}{End}";

    public static bool IsIn(ReadOnlySpan<char> text) => text.ContainsAny(Begin, End);
}
