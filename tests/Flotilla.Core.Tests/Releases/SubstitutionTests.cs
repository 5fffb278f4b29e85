using System.Text;
using CsCheck;
using Flotilla.Api.Releases;
using Flotilla.Core.Releases;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Tests.Releases;

public sealed class SubstitutionTests
{
    private const string ConfigMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

    private const string Parameters =
        """
        parameters:
        - {name: text, default: plain}
        - {name: count, type: integer, default: "3"}
        - {name: part, type: number, default: "1.5"}
        - {name: flag, type: boolean, default: "true"}
        - {name: empty, default: ""}
        """;

    [Fact]
    public void A_number_becomes_text_where_the_kind_wants_text()
    {
        var release = Shop.With(ConfigMap + "data: {count: '${count}', flag: '${flag}'}", Parameters).Release();

        Assert.Equal("""{"count":"3","flag":"true"}""", Encoding.UTF8.GetString(CanonicalJson.Write(release.Object("ConfigMap", "a").Object("data"))));
    }

    [Theory]
    [InlineData("${text}", "\"plain\"")]
    [InlineData("${count}", "3")]
    [InlineData("${part}", "1.5")]
    [InlineData("${flag}", "true")]
    [InlineData("${empty}", "\"\"")]
    [InlineData("x${count}", "\"x3\"")]
    [InlineData("${count}${flag}", "\"3true\"")]
    [InlineData("$${text}", "\"${text}\"")]
    [InlineData("$$${count}", "\"$3\"")]
    [InlineData("$$$$", "\"$$\"")]
    [InlineData("$HOME costs 5$", "\"$HOME costs 5$\"")]
    [InlineData("$(date)", "\"$(date)\"")]
    public void Placeholders_take_their_values(string written, string expected)
    {
        var release = Shop.With(ConfigMap + $"spec: {{field: '{written}'}}", Parameters).Release();

        Assert.Equal(expected, Encoding.UTF8.GetString(CanonicalJson.Write(release.Object("ConfigMap", "a").Object("spec").Member("field"))));
    }

    [Theory]
    [InlineData("${site.tills}", "12")]
    [InlineData("${site.name}", "store-1")]
    [InlineData("${site.displayName}", "Store One")]
    [InlineData("${site.country}", "FR")]
    [InlineData("${site.timeZone}", "Europe/Paris")]
    [InlineData("${site.labels.ring}", "canary")]
    [InlineData("${site.labels.example.com/floor}", "2")]
    [InlineData("https://${site.name}.example.com:${site.tills}/$${x}", "https://store-1.example.com:12/${x}")]
    public void Values_of_a_stack_take_what_a_site_says(string value, string expected)
    {
        var release = Shop.With(ConfigMap + "data: {field: '${text}'}", Parameters, $"[{{name: text, value: '{value}'}}]", """
            displayName: Store One
            location: {country: FR, timeZone: Europe/Paris}
            parameters: [{name: tills, value: "12"}]
            """).Release();

        Assert.Equal(expected, release.Object("ConfigMap", "a").Object("data").String("field"));
        Assert.Single(release.OwnBlobs);
    }

    [Fact]
    public void Published_manifests_keep_their_dollars_but_patches_are_filled()
    {
        var declared = Shop.With(ConfigMap + "data: {script: 'echo ${HOME} $$'}", Parameters + """

            patches:
            - target: {kind: ConfigMap}
              merge: {data: {text: "${text}"}}
            """);
        var component = declared.Components[0];
        var version = component.Spec.Versions[0];
        var published = version with { Source = version.Source with { Substitute = false } };

        var release = (declared with { Components = [component with { Spec = component.Spec with { Versions = [published] } }] }).Release();

        var data = release.Object("ConfigMap", "a").Object("data");
        Assert.Equal("echo ${HOME} $$", data.String("script"));
        Assert.Equal("plain", data.String("text"));
    }

    [Fact]
    public void Names_and_keys_may_differ_by_site()
    {
        var release = Shop.With("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 'till-${text}', namespace: 'shop-${text}'}\ndata: {'${text}.yaml': x}",
            Parameters, "[{name: text, value: '${site.name}'}]").Release();

        var map = release.Object("ConfigMap", "till-store-1");
        Assert.Equal("shop-store-1", map.Object("metadata").String("namespace"));
        Assert.Equal("x", map.Object("data").String("store-1.yaml"));
    }

    [Fact]
    public void Doubled_dollars_bring_any_text_through() => Gen.String[Gen.Char["$${}ab .\"\n"], 0, 20].Sample(text =>
    {
        var quoted = System.Text.Json.JsonSerializer.Serialize(text.Replace("$", "$$", StringComparison.Ordinal));

        var release = Shop.With($"{{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {{\"name\": \"a\"}}, \"data\": {{\"field\": {quoted}, \"param\": \"${{text}}\"}}}}",
            Parameters, $"[{{name: text, value: {quoted}}}]").Release();

        var data = release.Object("ConfigMap", "a").Object("data");
        Assert.Equal(text, data.String("field"));
        Assert.Equal(text, data.String("param"));
    }, iter: 300);

    [Fact]
    public void Sealed_values_are_markers_in_data_of_secrets()
    {
        var release = Shop.With("""
            apiVersion: v1
            kind: Secret
            metadata: {name: registry}
            data: {password: "${text}"}
            stringData: {config: "user=me password=${text}"}
            """, Parameters, "[{name: text, value: '${site.registry}'}]", "parameters: [{name: registry, secretRef: {name: s, key: k}}]").Release();

        var secret = release.Object("Secret", "registry");
        Assert.Equal("\uE000registry\uE001", secret.Object("data").String("password"));
        Assert.Equal("user=me password=\uE000registry\uE001", secret.Object("stringData").String("config"));
        Assert.Equal(["registry"], release.Document.Components[0].Sealed);
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '${text}'}", "data.x")]
    [InlineData("apiVersion: v1\nkind: Secret\nmetadata: {name: a, annotations: {x: '${text}'}}", "metadata.annotations.x")]
    [InlineData("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {'${text}': x}", "data.")]
    [InlineData("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: '${text}'", "type")]
    [InlineData("apiVersion: example.com/v1\nkind: Secret\nmetadata: {name: a}\ndata: {x: '${text}'}", "data.x")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, env: [{name: P, value: 'x${text}'}]}]}", "spec.containers[0].env[0].value")]
    public void Sealed_values_elsewhere_are_refused(string manifest, string field)
    {
        var problems = Shop.With(manifest, Parameters, "[{name: text, value: '${site.registry}'}]", "parameters: [{name: registry, secretRef: {name: s, key: k}}]").Problems();

        Assert.Contains(field, problems);
        Assert.Contains("holds a sealed value of site store-1; use sealed values only in data and stringData of a Secret", problems);
    }

    [Fact]
    public void Nobody_can_forge_a_marker()
    {
        var marker = "\\uE000registry\\uE001";
        Assert.Contains("U+E000", Shop.With(ConfigMap + $"data: {{x: \"{marker}\"}}").Problems());
        Assert.Contains("U+E000", Shop.With(ConfigMap, $"{Parameters}\npatches: [{{target: {{}}, merge: {{data: {{x: \"{marker}\"}}}}}}]").Problems());
        Assert.Contains("U+E000", Shop.With(ConfigMap + "data: {x: '${text}'}", Parameters, $"[{{name: text, value: \"{marker}\"}}]").Problems());
        Assert.Contains("U+E000", Shop.With(ConfigMap + "data: {x: '${text}'}", $"parameters: [{{name: text, default: \"{marker}\"}}]").Problems());
        Assert.Contains("U+E000", Shop.With(ConfigMap + "data: {x: '${text}'}", Parameters, "[{name: text, value: '${site.a}'}]", $"parameters: [{{name: a, value: \"{marker}\"}}]").Problems());
    }

    [Fact]
    public void Sites_that_give_the_same_share_a_release()
    {
        var revision = Shop.With(ConfigMap + "data: {x: '${text}'}", Parameters, "[{name: text, value: '${site.tills}'}]").Revision();
        SiteInputs Site(string name, string tills, string unused) => new(name) { Parameters = new Dictionary<string, string> { ["tills"] = tills, ["unused"] = unused } };

        Assert.Equal(["tills"], revision.SiteNames);
        Assert.Equal(revision.InputsOf(Site("a", "1", "x")), revision.InputsOf(Site("b", "1", "y")));
        Assert.NotEqual(revision.InputsOf(Site("a", "1", "x")), revision.InputsOf(Site("a", "2", "x")));
        Assert.Equal(ReleaseCompiler.Compile(revision, Site("a", "1", "x")).Release!.Digest, ReleaseCompiler.Compile(revision, Site("b", "1", "y")).Release!.Digest);
        Assert.NotEqual(revision.InputsOf(Site("a", "1", "x")), revision.InputsOf(Site("a", "1", "x") with { Sealed = new HashSet<string> { "tills" } }));
        Assert.Equal(ReleaseMediaTypes.Release, JsonText.Parse(ReleaseCompiler.Compile(revision, Site("a", "1", "x")).Release!.Manifest.Span).String("artifactType"));
    }
}
