using System.Buffers.Text;

namespace Flotilla.ApiServer.Storage;

/// <summary>Puts a revision into the text of an object without parsing it.</summary>
internal static class RevisionText
{
    public static int Digits(long revision)
    {
        var digits = 1;
        while (revision >= 10)
        {
            revision /= 10;
            digits++;
        }
        return digits;
    }

    /// <summary>Overwrites digits in place; there must be exactly as many.</summary>
    public static void Overwrite(byte[] json, int offset, long revision) => Utf8Formatter.TryFormat(revision, json.AsSpan(offset), out _);

    /// <summary>A copy of a text in which other digits stand, possibly more or fewer.</summary>
    public static byte[] Replace(ReadOnlySpan<byte> json, int offset, int oldDigits, long revision)
    {
        var digits = Digits(revision);
        var result = GC.AllocateUninitializedArray<byte>(json.Length - oldDigits + digits);
        json[..offset].CopyTo(result);
        Overwrite(result, offset, revision);
        json[(offset + oldDigits)..].CopyTo(result.AsSpan(offset + digits));
        return result;
    }
}
