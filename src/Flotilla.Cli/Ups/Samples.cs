using Flotilla.Core.Declarations;

namespace Flotilla.Cli.Ups;

/// <summary>The sample fleets, as they are in <c>samples/</c>; part of the program, so that it needs nothing beside itself.</summary>
internal static class Samples
{
    private const string Prefix = "samples/";

    public static IReadOnlyList<DeclarationFile> Read()
    {
        var assembly = typeof(Samples).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                using var bytes = new MemoryStream();
                stream.CopyTo(bytes);
                return new DeclarationFile(name, bytes.ToArray());
            }),
        ];
    }
}
