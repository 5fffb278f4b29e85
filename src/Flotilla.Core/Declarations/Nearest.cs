namespace Flotilla.Core.Declarations;

/// <summary>Guesses what somebody meant to write.</summary>
internal static class Nearest
{
    private const int Listed = 12;

    /// <summary>What to do about a word that is none of some.</summary>
    public static string Remedy(string word, IReadOnlyCollection<string> known)
    {
        if (Find(word, known) is { } meant)
            return $"did you mean {meant}?";
        if (known.Count == 0)
            return "remove it";
        var shown = known.Order(StringComparer.Ordinal).Take(Listed).ToList();
        return $"use one of {string.Join(", ", shown)}{(known.Count > shown.Count ? ", …" : "")}";
    }

    /// <summary>The known word that is nearest; null when none is near.</summary>
    public static string? Find(string word, IEnumerable<string> known)
    {
        var best = known.Select(candidate => (candidate, Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .OrderBy(c => c.Item2).ThenBy(c => c.candidate, StringComparer.Ordinal).FirstOrDefault();
        // A third of a word may be wrong; in longer ones no more than three characters.
        return best.candidate is not null && best.Item2 <= Math.Clamp(word.Length / 3, 1, 3) ? best.candidate : null;
    }

    /// <summary>Characters to insert, drop, change, or swap with their neighbour.</summary>
    private static int Distance(string left, string right)
    {
        if (left.Length > 64 || right.Length > 256)
            return int.MaxValue;
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var change = left[i - 1] == right[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[left.Length, right.Length];
    }
}
