using Flotilla.Kubernetes.Cel.Checking;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Base64 (cel-go's <c>ext.Encoders</c>).</summary>
internal static class EncodersLibrary
{
    public static void Declare(FunctionTable table)
    {
        table.Global("base64.encode", "base64_encode_bytes", [CelType.Bytes], CelType.String, static (_, a) => CelValue.Of(Convert.ToBase64String(a[0].Bytes)));
        table.Global("base64.decode", "base64_decode_string", [CelType.String], CelType.Bytes, static (_, a) => Decode(a[0].String));
    }

    /// <summary>The padding may be missing.</summary>
    private static CelValue Decode(string text)
    {
        var padded = text.Contains('=', StringComparison.Ordinal) ? text : text.PadRight((text.Length + 3) / 4 * 4, '=');
        var bytes = new byte[(padded.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(padded, bytes, out var length)
            ? CelValue.Of(bytes[..length])
            : CelValue.Error("illegal base64 data");
    }
}
