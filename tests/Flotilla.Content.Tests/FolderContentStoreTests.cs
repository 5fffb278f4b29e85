using System.Text.Json.Nodes;

namespace Flotilla.Content.Tests;

public sealed class FolderContentStoreTests : ContentStoreTests
{
    private protected override async ValueTask<IContentStore> OpenAsync() => await OpenFolderAsync();

    [Fact]
    public async Task A_new_folder_is_an_OCI_image_layout()
    {
        await OpenFolderAsync();

        Assert.Equal("""{"imageLayoutVersion":"1.0.0"}""", await File.ReadAllTextAsync(Folder["store", "oci-layout"], Cancellation));
        Assert.Equal(
            """{"manifests":[],"mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2}""",
            await File.ReadAllTextAsync(Folder["store", "index.json"], Cancellation));
    }

    [Fact]
    public async Task What_was_written_is_there_after_a_restart()
    {
        var digest = await (await OpenFolderAsync()).WriteAsync("kept"u8.ToArray(), Cancellation);

        var again = await OpenFolderAsync();

        Assert.Equal("kept"u8.ToArray(), (await again.ReadAsync(digest, Cancellation))!.Value.ToArray());
    }

    [Fact]
    public async Task A_spoilt_file_is_named_and_never_served_until_the_right_content_mends_it()
    {
        var store = await OpenFolderAsync();
        var content = "good content"u8.ToArray();
        var digest = await store.WriteAsync(content, Cancellation);
        await (await store.OpenAsync(digest, Cancellation))!.DisposeAsync();
        var path = Folder["store", "blobs", "sha256", digest.Hex];
        await File.WriteAllTextAsync(path, "spoilt content", Cancellation);

        var onRead = await Assert.ThrowsAsync<DigestMismatchException>(async () => await store.ReadAsync(digest, Cancellation));
        var onOpen = await Assert.ThrowsAsync<DigestMismatchException>(async () => await store.OpenAsync(digest, Cancellation));
        await store.WriteAsync(content, Cancellation);

        Assert.Contains(path, onRead.Message);
        Assert.Contains(path, onOpen.Message);
        Assert.Equal(content, (await store.ReadAsync(digest, Cancellation))!.Value.ToArray());
    }

    [Fact]
    public async Task What_a_crash_left_unfinished_is_ignored_and_in_time_removed()
    {
        var store = await OpenFolderAsync();
        var digest = Digest.Of("content"u8);
        var young = Folder["store", "unfinished", $".{digest.Hex}.1.tmp"];
        var old = Folder["store", "unfinished", $".{digest.Hex}.2.tmp"];
        await File.WriteAllTextAsync(young, "cont", Cancellation);
        await File.WriteAllTextAsync(old, "con", Cancellation);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-2));

        Assert.False(await store.ContainsAsync(digest, Cancellation));
        store = await OpenFolderAsync();

        Assert.Empty(await ListAsync(store));
        Assert.True(File.Exists(young));
        Assert.False(File.Exists(old));
    }

    [Fact]
    public async Task A_stray_file_among_the_blobs_is_not_listed()
    {
        var store = await OpenFolderAsync();
        await File.WriteAllTextAsync(Folder["store", "blobs", "sha256", "README"], "?", Cancellation);

        Assert.Empty(await ListAsync(store));
    }

    [Fact]
    public async Task A_name_leads_to_a_manifest_and_can_move()
    {
        var store = await OpenFolderAsync();
        var first = await WriteManifestAsync(store, "one");
        var second = await WriteManifestAsync(store, "two");

        await store.TagAsync("current", first, Cancellation);
        await store.TagAsync("other", first, Cancellation);
        await store.TagAsync("current", second, Cancellation);
        await store.UntagAsync("missing", Cancellation);

        var again = await OpenFolderAsync();
        Assert.Equal(second.Digest, (await again.ResolveAsync("current", Cancellation))!.Digest);
        Assert.Equal(["current", "other"], (await again.NamesAsync(Cancellation)).Keys.Order());
        await again.UntagAsync("current", Cancellation);
        Assert.Null(await again.ResolveAsync("current", Cancellation));
    }

    [Fact]
    public async Task Names_given_at_the_same_time_are_all_kept()
    {
        var store = await OpenFolderAsync();
        var manifest = await WriteManifestAsync(store, "one");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () => await store.TagAsync($"name-{i}", manifest, Cancellation))));

        Assert.Equal(20, (await store.NamesAsync(Cancellation)).Count);
    }

    [Fact]
    public async Task What_is_not_stored_gets_no_name()
    {
        var store = await OpenFolderAsync();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await store.TagAsync("x", OciDescriptor.Of(OciManifest.ManifestMediaType, "{}"u8), Cancellation));

        Assert.Contains("write it first", refusal.Message);
    }

    [Theory]
    [InlineData("""{"imageLayoutVersion":"2.0.0"}""", "only 1.0.0 is known")]
    [InlineData("""{}""", "is not the marker of an OCI image layout")]
    [InlineData("[", "is not the marker of an OCI image layout")]
    public async Task A_folder_of_another_kind_is_refused(string marker, string expected)
    {
        Directory.CreateDirectory(Folder["store"]);
        await File.WriteAllTextAsync(Folder["store", "oci-layout"], marker, Cancellation);

        Assert.Contains(expected, (await Assert.ThrowsAsync<InvalidDataException>(async () => await OpenFolderAsync())).Message);
    }

    [Fact]
    public async Task Skopeo_reads_and_copies_what_has_a_name()
    {
        var skopeo = new TestKit.Tool("skopeo");
        Assert.SkipUnless(skopeo.IsInstalled, skopeo.IsMissing);
        var store = await OpenFolderAsync();
        var manifest = await WriteManifestAsync(store, "layer");
        await store.TagAsync("v1", manifest, Cancellation);

        var inspected = await skopeo.RunAsync(Cancellation, "inspect", "--raw", $"oci:{Folder["store"]}:v1");
        var copied = await skopeo.RunAsync(Cancellation, "--insecure-policy", "copy", $"oci:{Folder["store"]}:v1", $"oci:{Folder["copy"]}:v1");

        Assert.True(inspected.ExitCode == 0, inspected.Error);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse((await store.ReadAsync(manifest.Digest, Cancellation))!.Value.Span), JsonNode.Parse(inspected.Output)));
        Assert.True(copied.ExitCode == 0, copied.Error);
        var copy = await FolderContentStore.OpenAsync(Folder["copy"], Cancellation);
        Assert.Equal((await ListAsync(store)).Order(), (await ListAsync(copy)).Order());
        Assert.Equal(manifest.Digest, (await copy.ResolveAsync("v1", Cancellation))!.Digest);
    }

    private static async Task<OciDescriptor> WriteManifestAsync(FolderContentStore store, string layer)
    {
        var content = System.Text.Encoding.UTF8.GetBytes(layer);
        await store.WriteAsync(content, Cancellation);
        await store.WriteAsync("{}"u8.ToArray(), Cancellation);
        var manifest = new OciManifest
        {
            ArtifactType = "application/vnd.flotilla.test",
            Config = OciManifest.EmptyConfig,
            Layers = [OciDescriptor.Of("application/jsonl", content)],
        };
        await store.WriteAsync(manifest.ToBytes(), Cancellation);
        return manifest.Describe();
    }

    private ValueTask<FolderContentStore> OpenFolderAsync() => FolderContentStore.OpenAsync(Folder["store"], Cancellation);
}
