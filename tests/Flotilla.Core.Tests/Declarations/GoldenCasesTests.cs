using System.Text.Json.Nodes;
using Flotilla.Core.Declarations;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.Core.Tests.Declarations;

/// <summary>
/// Each folder of Cases holds declarations and the problems that they have. <c>FLOTILLA_GOLDEN=write</c> writes what is found, to be read
/// before it is committed.
/// </summary>
public sealed class GoldenCasesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Flotilla.Core.Tests", "Declarations", "Cases");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Folder).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Problems_are_told_all_at_once_with_place_and_remedy(string name)
    {
        var files = new FolderFiles(Path.Combine(Folder, name, "input"));
        var known = Path.Combine(Folder, name, "known.yaml");
        var rights = Path.Combine(Folder, name, "rights.yaml");
        var read = DeclarationReader.Read(files.Declarations(), new DeclarationContext
        {
            Namespace = "retail",
            Known = File.Exists(known) ? Objects(known) : [],
            Rights = File.Exists(rights) ? Objects(rights) : null,
            Files = files.Find,
            Today = new DateOnly(2026, 6, 1),
        });
        var found = string.Concat(read.Problems.Select(problem => problem + "\n"));
        var golden = Path.Combine(Folder, name, "problems.txt");
        if (Environment.GetEnvironmentVariable("FLOTILLA_GOLDEN") == "write")
            File.WriteAllText(golden, found);
        Assert.Equal(File.ReadAllText(golden), found);
    }

    private static IReadOnlyList<JsonObject> Objects(string file) => [.. YamlReader.ReadAll(File.ReadAllBytes(file)).Select(document => (JsonObject)document.Content!)];

    [Fact]
    public void There_are_cases() => Assert.True(Cases.Count >= 15);
}
