namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// The order of strings by their UTF-8 bytes, which is Go's. It differs from ordinal UTF-16 order only where a surrogate
/// pair meets a character above U+DFFF.
/// </summary>
internal static class Utf8Order
{
    public static int Compare(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
            return left.Length.CompareTo(right.Length);
        return Rank(left[common]).CompareTo(Rank(right[common]));
    }

    private static int Rank(char c) => c >= 0xE000 ? c - 0x800 : c >= 0xD800 ? c + 0x2000 : c;
}
