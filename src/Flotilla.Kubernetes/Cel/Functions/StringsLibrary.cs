using System.Text;
using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Evaluation;
using Flotilla.Kubernetes.Cel.Values;
using static Flotilla.Kubernetes.Cel.CelType;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Functions on texts (cel-go's <c>ext.Strings</c>, version 2). Positions count code points.</summary>
internal static class StringsLibrary
{
    private static readonly CelType Text = CelType.String;
    private static readonly CelType Texts = CelType.List(CelType.String);

    public static void Declare(FunctionTable table)
    {
        table.Member("charAt", "string_char_at_int", [Text, Int], Text, CharAt);
        table.Member("indexOf", "string_index_of_string", [Text, Text], Int, static (f, a) => IndexOf(f, a[0].String, a[1].String, 0));
        table.Member("indexOf", "string_index_of_string_int", [Text, Text, Int], Int, static (f, a) => IndexOf(f, a[0].String, a[1].String, a[2].Int));
        table.Member("lastIndexOf", "string_last_index_of_string", [Text, Text], Int, static (f, a) => LastIndexOf(f, a[0].String, a[1].String, null));
        table.Member("lastIndexOf", "string_last_index_of_string_int", [Text, Text, Int], Int, static (f, a) => LastIndexOf(f, a[0].String, a[1].String, a[2].Int));
        table.Member("lowerAscii", "string_lower_ascii", [Text], Text, static (_, a) => MapAscii(a[0].String, char.ToLowerInvariant));
        table.Member("upperAscii", "string_upper_ascii", [Text], Text, static (_, a) => MapAscii(a[0].String, char.ToUpperInvariant));
        table.Member("trim", "string_trim", [Text], Text, static (_, a) => CelValue.Of(a[0].String.Trim(WhiteSpace)));
        table.Member("replace", "string_replace_string_string", [Text, Text, Text], Text, static (f, a) => Replace(f, a[0].String, a[1].String, a[2].String, -1));
        table.Member("replace", "string_replace_string_string_int", [Text, Text, Text, Int], Text, static (f, a) => Replace(f, a[0].String, a[1].String, a[2].String, a[3].Int));
        table.Member("split", "string_split_string", [Text, Text], Texts, static (f, a) => Split(f, a[0].String, a[1].String, -1));
        table.Member("split", "string_split_string_int", [Text, Text, Int], Texts, static (f, a) => Split(f, a[0].String, a[1].String, a[2].Int));
        table.Member("substring", "string_substring_int", [Text, Int], Text, static (f, a) => Substring(f, a[0].String, a[1].Int, null));
        table.Member("substring", "string_substring_int_int", [Text, Int, Int], Text, static (f, a) => Substring(f, a[0].String, a[1].Int, a[2].Int));
        table.Member("join", "list_join", [Texts], Text, static (f, a) => Join(f, a[0].List, ""));
        table.Member("join", "list_join_string", [Texts, Text], Text, static (f, a) => Join(f, a[0].List, a[1].String));
        table.Member("format", "string_format", [Text, CelType.List(Dyn)], Text, TextFormatting.Format);
        table.Global("strings.quote", "strings_quote", [Text], Text, static (_, a) => CelValue.Of(Quote(a[0].String)));
    }

    /// <summary>The function that Kubernetes' version of the library does not have yet.</summary>
    public static void DeclareReverse(FunctionTable table) =>
        table.Member("reverse", "string_reverse", [Text], Text, static (f, a) =>
        {
            f.Reserve(a[0].String.Length);
            var runes = a[0].String.EnumerateRunes().Reverse();
            return CelValue.Of(string.Concat(runes.Select(r => r.ToString())));
        });

    // Unicode's white space as Go knows it.
    private static readonly char[] WhiteSpace =
        [.. "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"];

    private static CelValue OutOfRange(long index) => CelValue.Error($"index out of range: {index}");

    private static CelValue CharAt(Frame frame, ReadOnlySpan<CelValue> a)
    {
        var (text, index) = (a[0].String, a[1].Int);
        frame.Work(text.Length);
        var count = CodePoints.Count(text);
        if (index < 0 || index > count)
            return OutOfRange(index);
        if (index == count)
            return CelValue.Of("");
        var units = CodePoints.ToUnits(text, index);
        return CelValue.Of(Rune.GetRuneAt(text, units).ToString());
    }

    private static CelValue IndexOf(Frame frame, string text, string part, long offset)
    {
        if (part.Length == 0)
            return CelValue.Of(offset);
        if (offset < 0)
            return OutOfRange(offset);
        frame.Work(text.Length);
        if (offset >= CodePoints.Count(text))
            return CelValue.Of(-1L);
        var found = text.IndexOf(part, CodePoints.ToUnits(text, offset), StringComparison.Ordinal);
        return CelValue.Of(found < 0 ? -1L : CodePoints.FromUnits(text, found));
    }

    private static CelValue LastIndexOf(Frame frame, string text, string part, long? offset)
    {
        frame.Work(text.Length);
        var count = CodePoints.Count(text);
        if (part.Length == 0)
            return CelValue.Of(offset ?? count);
        if (offset < 0)
            return OutOfRange(offset.Value);
        if (offset >= count)
            return CelValue.Of(-1L);
        var last = Math.Min(offset ?? long.MaxValue, count - CodePoints.Count(part));
        if (last < 0)
            return CelValue.Of(-1L);
        var end = CodePoints.ToUnits(text, last) + part.Length;
        var found = text.AsSpan(0, Math.Min(end, text.Length)).LastIndexOf(part, StringComparison.Ordinal);
        return CelValue.Of(found < 0 ? -1L : CodePoints.FromUnits(text, found));
    }

    private static CelValue MapAscii(string text, Func<char, char> map) =>
        CelValue.Of(string.Create(text.Length, (text, map), static (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsAscii(from.text[i]) ? from.map(from.text[i]) : from.text[i];
        }));

    private static CelValue Replace(Frame frame, string text, string old, string replacement, long most)
    {
        if (most == 0 || old == replacement)
            return CelValue.Of(text);
        var limit = most < 0 ? int.MaxValue : Math.Min(most, int.MaxValue);
        if (old.Length == 0)
            return Surround(frame, text, replacement, limit);
        var result = new StringBuilder(text.Length);
        var position = 0;
        for (long i = 0; i < limit; i++)
        {
            var found = text.IndexOf(old, position, StringComparison.Ordinal);
            if (found < 0)
                break;
            result.Append(text, position, found - position);
            frame.Reserve((long)result.Length + replacement.Length);
            result.Append(replacement);
            position = found + old.Length;
        }
        return CelValue.Of(position == 0 ? text : result.Append(text, position, text.Length - position).ToString());
    }

    /// <summary>The empty text stands before each code point and at the end.</summary>
    private static CelValue Surround(Frame frame, string text, string replacement, long most)
    {
        var result = new StringBuilder(text.Length);
        var count = 0L;
        foreach (var rune in text.EnumerateRunes())
        {
            frame.Reserve(replacement.Length);
            frame.Reserve((long)result.Length / 64);
            if (count++ < most)
                result.Append(replacement);
            result.Append(rune.ToString());
            if (result.Length > Frame.MaxElements)
                throw new CostLimitExceeded();
        }
        if (count < most)
            result.Append(replacement);
        return CelValue.Of(result.ToString());
    }

    private static CelValue Split(Frame frame, string text, string separator, long most)
    {
        frame.Work(text.Length);
        if (most == 0)
            return CelValue.Of(ArrayList.Empty);
        var limit = most < 0 ? int.MaxValue : (int)Math.Min(most, int.MaxValue);
        string[] parts = separator.Length == 0 ? Explode(text, limit) : text.Split(separator, limit, StringSplitOptions.None);
        return CelValue.Of(new ArrayList(Array.ConvertAll(parts, CelValue.Of)));
    }

    private static string[] Explode(string text, int most)
    {
        var parts = new List<string>();
        var position = 0;
        while (position < text.Length)
        {
            var length = parts.Count + 1 == most ? text.Length - position : char.IsHighSurrogate(text[position]) && position + 1 < text.Length ? 2 : 1;
            parts.Add(text.Substring(position, length));
            position += length;
        }
        return [.. parts];
    }

    private static CelValue Substring(Frame frame, string text, long start, long? end)
    {
        frame.Work(text.Length);
        var count = CodePoints.Count(text);
        var stop = end ?? count;
        if (end is not null && start > stop)
            return CelValue.Error($"invalid substring range. start: {start}, end: {stop}");
        if (start < 0 || start > count)
            return OutOfRange(start);
        if (stop < 0 || stop > count)
            return OutOfRange(stop);
        return CelValue.Of(text[CodePoints.ToUnits(text, start)..CodePoints.ToUnits(text, stop)]);
    }

    private static CelValue Join(Frame frame, CelList list, string separator)
    {
        var text = new StringBuilder();
        for (var i = 0; i < list.Count; i++)
        {
            var element = list[i];
            if (element.IsError)
                return element;
            if (element.Kind != CelValueKind.String)
                return CelValue.Error($"join: invalid input: {element}");
            if (i > 0)
                text.Append(separator);
            text.Append(element.String);
            frame.Work(1 + separator.Length + element.String.Length);
            if (text.Length > Frame.MaxElements)
                throw new CostLimitExceeded();
        }
        return CelValue.Of(text.ToString());
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            var escape = rune.Value switch
            {
                '\a' => "\\a",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\v' => "\\v",
                '\\' => "\\\\",
                '"' => "\\\"",
                _ => null,
            };
            quoted.Append(escape ?? rune.ToString());
        }
        return quoted.Append('"').ToString();
    }
}
