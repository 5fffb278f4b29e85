using Flotilla.Api;
using Flotilla.Api.Components;
using Flotilla.Api.Stacks;
using Flotilla.Content;
using Flotilla.Core.Releases;
using Flotilla.Hub.Stacks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.Hub.Tests.Stacks;

/// <summary>What a stack compiled to once is found when the stack says something else long since.</summary>
public sealed class RevisionLibraryTests
{
    private readonly MemoryContentStore content = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Revisions_are_made_again_of_what_is_stored()
    {
        var revision = Compile("1");
        await new ReleaseStore(content).KeepAsync(revision, Cancellation);

        var found = await Library().FindAsync(revision.Digest, Cancellation);

        Assert.NotSame(revision, found);
        Assert.Equal(revision.Digest, found!.Digest);
        Assert.Equal(ReleaseOf(revision), ReleaseOf(found));
    }

    [Fact]
    public async Task Those_of_late_are_at_hand_up_to_a_bound()
    {
        var library = Library();
        var (first, second, third) = (Compile("1"), Compile("2"), Compile("3"));
        library.Put(first);
        library.Put(second);
        Assert.Same(first, await library.FindAsync(first.Digest, Cancellation));
        library.Put(third);

        Assert.Same(first, await library.FindAsync(first.Digest, Cancellation));
        Assert.Same(third, await library.FindAsync(third.Digest, Cancellation));
        Assert.Null(await library.FindAsync(second.Digest, Cancellation));
    }

    [Fact]
    public async Task Without_a_source_there_is_no_revision()
    {
        var revision = Compile("1");
        await new ReleaseStore(content).KeepAsync(revision, Cancellation);
        await content.DeleteAsync(Digest.Parse(revision.InlineSources.Single().Digest), Cancellation);

        Assert.Null(await Library().FindAsync(revision.Digest, Cancellation));
    }

    private RevisionLibrary Library() => new(content, NullLogger.Instance, most: 2);

    private static string ReleaseOf(Revision revision) => ReleaseCompiler.Compile(revision, new SiteInputs("store-1")).Release!.Digest;

    private static Revision Compile(string text)
    {
        var component = new Component
        {
            Metadata = new ObjectMeta { Name = "till" },
            Spec = new ComponentSpec
            {
                Role = "application",
                Versions =
                [
                    new ComponentVersion
                    {
                        Version = "1.0.0",
                        Source = new ComponentSource { Inline = $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: till}}\ndata: {{text: '{text}'}}" },
                    },
                ],
            },
        };
        var stack = new Stack
        {
            Metadata = new ObjectMeta { Name = "shop" },
            Spec = new StackSpec { Slots = [new StackSlot { Role = "application", Use = [new StackUse { Component = "till", Version = "1.0.0" }] }] },
        };
        return RevisionCompiler.Compile(stack, [component], _ => null).Revision!;
    }
}
