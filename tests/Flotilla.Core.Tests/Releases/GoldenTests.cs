using System.Globalization;
using System.Text;
using Flotilla.Core.Releases;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.Core.Tests.Releases;

/// <summary>
/// Folders with what a user declares (<c>input.yaml</c>) and what becomes of it (<c>releases.txt</c>). Run once with FLOTILLA_GOLDEN=write to
/// write the listings anew, and read the difference.
/// </summary>
public sealed class GoldenTests
{
    private static string Folder => Path.Combine(Repository.Root, "tests", "Flotilla.Core.Tests", "Releases", "Golden");

    public static TheoryData<string> Cases => new(Directory.GetDirectories(Folder).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_declaration_becomes_its_releases(string name)
    {
        var input = Declared.Parse(File.ReadAllText(Path.Combine(Folder, name, "input.yaml")));
        var listing = List(input);
        var file = Path.Combine(Folder, name, "releases.txt");
        if (Environment.GetEnvironmentVariable("FLOTILLA_GOLDEN") == "write")
            File.WriteAllText(file, listing);
        Assert.Equal(File.ReadAllText(file), listing);
    }

    private static string List(Declared input)
    {
        var outcome = input.Compile();
        if (outcome.Revision is not { } revision)
            return string.Concat(outcome.Problems.Select(p => $"{p.Kind}: {p}\n"));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"revision {revision.Digest[..19]}: {string.Join(", ", revision.Order)}; takes {string.Join(", ", revision.SiteNames)}\n");
        foreach (var site in input.Sites.Select(SiteInputs.Of))
        {
            var release = ReleaseCompiler.Compile(revision, site);
            text.Append(CultureInfo.InvariantCulture, $"\n=== site {site.Name}\n").AppendJoin("", release.Problems.Select(p => $"{p.Kind}: {p}\n"));
            if (release.Release is not null)
                List(release.Release, text);
        }
        return text.Replace("\uE000", "<sealed ").Replace("\uE001", ">").ToString();
    }

    private static void List(Release release, StringBuilder text)
    {
        var blobs = release.Blobs.DistinctBy(b => b.Digest).ToDictionary(b => b.Digest, b => b.Bytes);
        var own = release.OwnBlobs.Select(b => b.Digest).ToHashSet();
        text.Append(CultureInfo.InvariantCulture, $"release {release.Digest[..19]}\n");
        foreach (var component in release.Document.Components)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n--- {component.Name} {component.Version} ({component.Role})");
            text.Append(component.After.Count == 0 ? "" : $" after {string.Join(", ", component.After)}").Append(component.Sealed.Count == 0 ? "" : $" sealed {string.Join(", ", component.Sealed)}").Append('\n');
            foreach (var digest in component.Objects)
            {
                text.Append(own.Contains(digest) ? "# of this site\n" : "# of every site\n");
                text.Append(YamlWriter.WriteAll(ReleaseReading.Lines(blobs[digest])));
            }
        }
    }
}
