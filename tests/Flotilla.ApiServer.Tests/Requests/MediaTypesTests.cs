using Flotilla.ApiServer.Requests;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.Tests.Requests;

public sealed class MediaTypesTests
{
    [Theory]
    [InlineData(null, "Json None ")]
    [InlineData("", "Json None ")]
    [InlineData("*/*", "Json None ")]
    [InlineData("application/json", "Json None ")]
    [InlineData("application/yaml", "Yaml None ")]
    [InlineData("application/vnd.kubernetes.protobuf, application/json", "Json None ")]
    [InlineData("text/html, application/json;q=0.5", "Json None ")]
    [InlineData("application/json;q=0.5, application/yaml;q=0.8", "Yaml None ")]
    [InlineData("application/json, */*", "Json None ")]
    [InlineData("*/*, application/yaml", "Yaml None ")]
    [InlineData("application/json;stream=watch", "Json None ")]
    [InlineData("application/json;as=Table;v=v1;g=meta.k8s.io, application/json", "Json Table meta.k8s.io/v1")]
    [InlineData("application/json;as=Table;g=meta.k8s.io;v=v1,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", "Json Table meta.k8s.io/v1")]
    [InlineData("application/json;as=Table;v=v1beta1;g=meta.k8s.io", "Json Table meta.k8s.io/v1beta1")]
    [InlineData("application/yaml;as=Table;v=v1;g=meta.k8s.io", "Yaml Table meta.k8s.io/v1")]
    [InlineData("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", "Json PartialObjectMetadata meta.k8s.io/v1")]
    [InlineData("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json", "Json PartialObjectMetadataList meta.k8s.io/v1")]
    [InlineData("application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json", "Json PartialObjectMetadataList meta.k8s.io/v1")]
    [InlineData("application/json;as=Nothing;g=meta.k8s.io;v=v1,application/json", "Json None ")]
    public void The_best_that_the_client_takes_is_chosen(string? accept, string expected)
    {
        var chosen = MediaTypes.Negotiate(accept);
        Assert.Equal(expected, $"{chosen.Format} {chosen.Transform} {chosen.TransformVersion}");
    }

    [Theory]
    [InlineData("application/json;as=Nothing;g=meta.k8s.io;v=v1")]
    [InlineData("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v9")]
    [InlineData("application/json;as=Table")]
    [InlineData("application/json;sv=v2")]
    [InlineData("application/vnd.kubernetes.protobuf")]
    public void Unknown_representations_are_refused(string accept)
    {
        var refusal = Assert.Throws<ApiStatusException>(() => MediaTypes.Negotiate(accept)).Status;
        Assert.Equal((406, "NotAcceptable"), (refusal.Code, refusal.Reason));
        Assert.Equal("only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf", refusal.Message);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/*")]
    [InlineData("garbage")]
    public void Types_that_no_route_makes_are_refused(string accept)
    {
        var refusal = Assert.Throws<ApiStatusException>(() => MediaTypes.Negotiate(accept)).Status;
        Assert.Equal(
            "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf", refusal.Message);
    }

    [Fact]
    public void Custom_resources_take_wildcards_and_offer_no_protobuf()
    {
        Assert.Equal(BodyFormat.Json, MediaTypes.Negotiate("application/*", Offer.Custom).Format);
        var refusal = Assert.Throws<ApiStatusException>(() => MediaTypes.Negotiate("text/html", Offer.Custom));
        Assert.Equal("only the following media types are accepted: application/json, application/yaml", refusal.Message);
    }

    [Fact]
    public void Watches_are_never_yaml()
    {
        Assert.Equal(Transform.Table, MediaTypes.NegotiateWatch("application/json;as=Table;v=v1;g=meta.k8s.io,application/json").Transform);
        var refusal = Assert.Throws<ApiStatusException>(() => MediaTypes.NegotiateWatch("application/yaml"));
        Assert.Equal("only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch", refusal.Message);
    }

    [Fact]
    public void Discovery_is_aggregated_only_where_it_is_offered()
    {
        const string accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
        var chosen = MediaTypes.Negotiate(accept, Offer.Discovery);
        Assert.Equal(Transform.GroupDiscovery, chosen.Transform);
        Assert.Equal("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", chosen.ContentType);
        Assert.Equal(Transform.None, MediaTypes.Negotiate(accept, Offer.Plain).Transform);
    }

    [Theory]
    [InlineData("application/json;pretty=1", null, null, true)]
    [InlineData("application/json", "true", null, true)]
    [InlineData("application/json", "0", "curl/8", false)]
    [InlineData("*/*", null, "curl/8", true)]
    [InlineData("*/*", null, "kubectl/v1.36", false)]
    public void People_get_indentation(string accept, string? parameter, string? userAgent, bool pretty) =>
        Assert.Equal(pretty, MediaTypes.IsPretty(MediaTypes.Negotiate(accept), parameter, userAgent));
}
