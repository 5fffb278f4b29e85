using System.Text.Json.Nodes;
using Flotilla.Core.Declarations;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.Core.Tests.Declarations;

/// <summary>The reader and an API server with our definitions judge alike.</summary>
public sealed class ServerAgreesTests
{
    private static readonly string Cases = Path.Combine(Repository.Root, "tests", "Flotilla.Core.Tests", "Declarations", "Cases");

    [Fact]
    public async Task What_a_server_refuses_the_reader_refuses_and_what_the_reader_takes_a_server_takes()
    {
        await using var api = await ApiWithOurKinds.StartAsync(TestContext.Current.CancellationToken);
        var (taken, refused) = (0, 0);
        foreach (var folder in Directory.GetDirectories(Cases))
        {
            var files = new FolderFiles(Path.Combine(folder, "input"));
            var read = DeclarationReader.Read(files.Declarations(), new DeclarationContext { Namespace = "retail", Files = files.Find });
            foreach (var obj in read.Objects)
            {
                var shown = $"{obj.String("kind")} {obj.Object("metadata").String("namespace")}/{obj.Object("metadata").String("name")}";
                var isWrong = read.Problems.Any(problem => problem.Object == shown && problem.Severity == ProblemSeverity.Error);
                var refusal = await RefusalAsync(api, obj);
                Assert.True(refusal is null || isWrong, $"{Path.GetFileName(folder)}: {shown} is refused, but nothing was said of it: {refusal}");
                _ = refusal is null ? taken++ : refused++;
            }
        }
        Assert.True(taken > 20 && refused > 15, $"{taken} taken, {refused} refused");
    }

    [Fact]
    public async Task Real_components_and_stacks_are_sound_for_both()
    {
        Assert.SkipWhen(RealStack.Folder is null, "the manifests are not beside this checkout");
        var files = new FolderFiles(RealStack.Folder!);
        var yaml = Flotilla.Kubernetes.Yaml.YamlWriter.WriteAll([.. RealStack.Components(), RealStack.Newer(), RealStack.Fleet()]);
        var read = DeclarationReader.Read([new DeclarationFile("real.yaml", System.Text.Encoding.UTF8.GetBytes(yaml))], new DeclarationContext { Files = files.Find });
        Assert.Empty(read.Problems);
        Assert.Equal(20, read.Uploads.Count);
        await using var api = await ApiWithOurKinds.StartAsync(TestContext.Current.CancellationToken);
        foreach (var obj in read.Objects)
            Assert.Null(await RefusalAsync(api, obj));
    }

    private static async Task<string?> RefusalAsync(ApiWithOurKinds api, JsonObject obj)
    {
        try
        {
            await api.ApplyAsync(obj, TestContext.Current.CancellationToken);
            return null;
        }
        catch (ApiStatusException e)
        {
            return e.Status.Message;
        }
    }
}
