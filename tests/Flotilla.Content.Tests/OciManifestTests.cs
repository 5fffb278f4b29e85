using System.Text;

namespace Flotilla.Content.Tests;

public sealed class OciManifestTests
{
    private static readonly OciManifest manifest = new()
    {
        ArtifactType = "application/vnd.example",
        Config = OciManifest.EmptyConfig,
        Layers = [OciDescriptor.Of("text/plain", "a"u8) with { Annotations = new Dictionary<string, string> { ["z"] = "1", ["a"] = "2" } }],
    };

    [Fact]
    public void The_bytes_are_canonical() => Assert.Equal(
        """{"artifactType":"application/vnd.example","config":{"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","mediaType":"application/vnd.oci.empty.v1+json","size":2},"layers":[{"annotations":{"a":"2","z":"1"},"digest":"sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb","mediaType":"text/plain","size":1}],"mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2}""",
        Encoding.UTF8.GetString(manifest.ToBytes()));

    [Fact]
    public void What_is_read_has_the_same_bytes_again()
    {
        var read = OciManifest.Parse(manifest.ToBytes());

        Assert.Equal(manifest.ToBytes(), read.ToBytes());
        Assert.Equal(2, read.Blobs.Count());
        Assert.Equal(Digest.Of(manifest.ToBytes()), read.Describe().Digest);
    }

    [Theory]
    [InlineData("null", "null")]
    [InlineData("[]", "not an OCI image manifest")]
    [InlineData("{}", "not an OCI image manifest")]
    [InlineData("""{"schemaVersion":1,"config":{"mediaType":"a","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2}}""", "schemaVersion 1")]
    [InlineData("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","config":{"mediaType":"a","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2}}""", "image.index")]
    [InlineData("""{"schemaVersion":2,"config":{"mediaType":"a","digest":"md5:1","size":2}}""", "'md5:1' is not a digest")]
    public void What_is_no_manifest_is_refused_with_the_reason(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => OciManifest.Parse(Encoding.UTF8.GetBytes(json))).Message);
}
