using Flotilla.ApiServer.OpenApi;

namespace Flotilla.ApiServer.Tests.OpenApi;

public sealed class OpenApiEndpointTests
{
    private const string Apps = "/openapi/v3/apis/apps/v1";
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly string Hash = OpenApiDocuments.BuiltIn.Find("apis/apps/v1")!.Hash;

    [Theory]
    [InlineData("/openapi/v3", null, 200)]
    [InlineData("/openapi/v3/", "text/html", 200)]
    [InlineData(Apps, "application/json", 200)]
    [InlineData(Apps, "*/*", 200)]
    [InlineData(Apps, "application/com.github.proto-openapi.spec.v3@v1.0+protobuf, application/json;q=0.9", 200)]
    [InlineData(Apps, "application/com.github.proto-openapi.spec.v3@v1.0+protobuf", 406)]
    [InlineData("/openapi/v2", null, 200)]
    [InlineData("/openapi/v2", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf", 200)]
    [InlineData("/openapi/v3/apis/nothing/v1", null, 404)]
    [InlineData("/openapi/v4", null, 404)]
    public void Documents_are_json_and_those_of_v2_protobuf_too(string path, string? accept, int status)
    {
        var answer = Get(new OpenApiRequest(path, accept));
        Assert.Equal((status, status == 200), (answer.Status, answer.Body.Length > 0));
    }

    [Fact]
    public void A_document_asked_for_by_its_hash_may_be_kept()
    {
        var answer = Get(new OpenApiRequest(Apps, "application/json", Hash: Hash));
        Assert.Equal((200, "public, immutable", "Sat, 02 Jan 2027 03:04:05 GMT"), (answer.Status, Header(answer, "Cache-Control"), Header(answer, "Expires")));
        Assert.Equal(($"\"{Hash}\"", "Accept"), (Header(answer, "ETag"), Header(answer, "Vary")));
        Assert.Null(Header(Get(new OpenApiRequest(Apps, "application/json")), "Cache-Control"));
    }

    [Fact]
    public void A_stale_hash_is_redirected_to_the_present_one()
    {
        var answer = Get(new OpenApiRequest(Apps, "application/json", Hash: "0", Prefix: "/clusters/a"));
        Assert.Equal((301, $"/clusters/a{Apps}?hash={Hash}"), (answer.Status, Header(answer, "Location")));
    }

    [Theory]
    [InlineData("\"{0}\"", 304)]
    [InlineData("\"x\", W/\"{0}\"", 304)]
    [InlineData("*", 304)]
    [InlineData("\"x\"", 200)]
    public void What_the_client_has_is_not_sent_again(string ifNoneMatch, int status)
    {
        var answer = Get(new OpenApiRequest(Apps, "application/json", ifNoneMatch.Replace("{0}", Hash, StringComparison.Ordinal)));
        Assert.Equal((status, $"\"{Hash}\""), (answer.Status, Header(answer, "ETag")));
        Assert.Equal(status == 304, answer.Body.IsEmpty);
    }

    [Fact]
    public void The_index_can_be_revalidated()
    {
        var first = Get(new OpenApiRequest("/openapi/v3", null));
        Assert.Equal(304, Get(new OpenApiRequest("/openapi/v3", null, Header(first, "ETag"))).Status);
    }

    private static OpenApiAnswer Get(OpenApiRequest request) => OpenApiEndpoint.Answer(OpenApiDocuments.BuiltIn, request, Now);

    private static string? Header(OpenApiAnswer answer, string name) => answer.Headers.Where(h => h.Key == name).Select(h => h.Value).FirstOrDefault();
}
