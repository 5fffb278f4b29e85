namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>Texts by code points: expressions count characters so, .NET counts UTF-16 units.</summary>
internal static class CodePoints
{
    /// <summary>Number of code points.</summary>
    public static int Count(string text)
    {
        var first = text.AsSpan().IndexOfAnyInRange('\uDC00', '\uDFFF');
        if (first < 0)
            return text.Length;
        var lowSurrogates = 0;
        foreach (var c in text.AsSpan(first))
        {
            if (char.IsLowSurrogate(c))
                lowSurrogates++;
        }
        return text.Length - lowSurrogates;
    }

    /// <summary>Where a code point starts, in UTF-16 units; the length of the text for the place behind the last.</summary>
    public static int ToUnits(string text, long index)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uDC00', '\uDFFF') < 0)
            return (int)index;
        var units = 0;
        for (long i = 0; i < index; i++)
            units += char.IsHighSurrogate(text[units]) && units + 1 < text.Length ? 2 : 1;
        return units;
    }

    /// <summary>The number of code points before a place given in UTF-16 units.</summary>
    public static int FromUnits(string text, int units) => Count(text[..units]);
}
