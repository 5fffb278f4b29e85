namespace Flotilla.Core.Tests.Releases;

/// <summary>A small stack for tests that change one thing of it.</summary>
internal static class Shop
{
    /// <summary>A component <c>till</c> with the given manifest, rest of its version, and values in the stack.</summary>
    public static Declared With(string manifest, string version = "", string values = "[]", string site = "") => Declared.Parse(Text(manifest, version, values, site));

    public static string Text(string manifest, string version = "", string values = "[]", string site = "") =>
        $$$"""
        kind: Component
        metadata: {name: till}
        spec:
          role: application
          versions:
          - version: 1.0.0
            source:
              inline: |
        {{{Indent(manifest, 8)}}}
        {{{Indent(version, 4)}}}
        ---
        kind: Stack
        metadata: {name: shop}
        spec:
          slots:
          - role: application
            use: [{component: till, version: 1.0.0, values: {{{values}}} }]
        ---
        kind: Site
        metadata: {name: store-1, labels: {ring: canary, example.com/floor: "2"}}
        spec:
        {{{Indent(site.Length == 0 ? "displayName: Store One" : site, 2)}}}
        """;

    private static string Indent(string text, int by) => string.Join('\n', text.Split('\n').Select(l => l.Length == 0 ? l : new string(' ', by) + l));
}
