using CsCheck;
using Flotilla.ApiServer.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Flotilla.ApiServer.Tests.Requests;

public sealed class RequestInfoReaderTests
{
    // verb, group, version, namespace, resource, subresource, name
    [Theory]
    [InlineData("GET", "/api/v1/namespaces", "list  v1  namespaces  ")]
    [InlineData("GET", "/api/v1/namespaces/", "list  v1  namespaces  ")]
    [InlineData("GET", "/api/v1/namespaces/other", "get  v1 other namespaces  other")]
    [InlineData("PUT", "/api/v1/namespaces/other/status", "update  v1 other namespaces status other")]
    [InlineData("PUT", "/api/v1/namespaces/other/finalize", "update  v1 other namespaces finalize other")]
    [InlineData("GET", "/api/v1/namespaces/other/pods", "list  v1 other pods  ")]
    [InlineData("HEAD", "/api/v1/namespaces/other/pods", "list  v1 other pods  ")]
    [InlineData("GET", "/api/v1/namespaces/other/pods/foo", "get  v1 other pods  foo")]
    [InlineData("GET", "/api/v1/namespaces/other/pods/foo/log", "get  v1 other pods log foo")]
    [InlineData("GET", "/api/v1/pods", "list  v1  pods  ")]
    [InlineData("GET", "/api/v1/nodes/n", "get  v1  nodes  n")]
    [InlineData("DELETE", "/api/v1/nodes", "deletecollection  v1  nodes  ")]
    [InlineData("DELETE", "/api/v1/namespaces/other/pods", "deletecollection  v1 other pods  ")]
    [InlineData("DELETE", "/api/v1/namespaces/other/pods/foo", "delete  v1 other pods  foo")]
    [InlineData("POST", "/apis/apps/v1/namespaces/other/deployments", "create apps v1 other deployments  ")]
    [InlineData("PATCH", "/apis/apps/v1/namespaces/other/deployments/d/scale", "patch apps v1 other deployments scale d")]
    [InlineData("GET", "/apis/apps/v1/deployments", "list apps v1  deployments  ")]
    [InlineData("GET", "/api/v1/watch/pods", "watch  v1  pods  ")]
    [InlineData("GET", "/api/v1/watch/namespaces/other/pods/foo", "watch  v1 other pods  foo")]
    [InlineData("GET", "/api/v1/proxy/namespaces/other/pods/foo/x", "proxy  v1 other pods  foo")]
    [InlineData("GET", "/api/v1/namespaces/other/pods?watch=true", "watch  v1 other pods  ")]
    [InlineData("GET", "/api/v1/namespaces/other/pods?watch=1", "watch  v1 other pods  ")]
    [InlineData("GET", "/api/v1/namespaces/other/pods?watch=", "watch  v1 other pods  ")]
    [InlineData("GET", "/api/v1/namespaces/other/pods?watch=False", "list  v1 other pods  ")]
    [InlineData("GET", "/api/v1/namespaces/other/pods?watch=0", "list  v1 other pods  ")]
    [InlineData("GET", "/api/v1/namespaces/other/pods/foo?watch=true", "get  v1 other pods  foo")]
    [InlineData("GET", "/api/v1/namespaces/other/pods?fieldSelector=metadata.name%3Dfoo", "list  v1 other pods  foo")]
    [InlineData("GET", "/api/v1/namespaces/other/pods?watch=1&fieldSelector=spec.nodeName==n,metadata.name==foo", "watch  v1 other pods  foo")]
    [InlineData("GET", "/api/v1/namespaces/other/pods?fieldSelector=metadata.name!=foo", "list  v1 other pods  ")]
    [InlineData("GET", "/api/v1/namespaces/other/pods?fieldSelector=metadata.name%3Da/b", "list  v1 other pods  ")]
    [InlineData("GET", "/api/v1/namespaces/other/pods?fieldSelector=metadata.name=foo,bad", "list  v1 other pods  ")]
    [InlineData("OPTIONS", "/api/v1/namespaces/other/pods", "  v1 other pods  ")]
    public void Resource_requests_are_read_as_kube_apiserver_does(string method, string url, string expected)
    {
        var info = Read(method, url);
        Assert.True(info.IsResource);
        Assert.Equal(expected, $"{info.Verb} {info.Group} {info.Version} {info.Namespace} {info.Resource} {info.Subresource} {info.Name}");
    }

    [Theory]
    [InlineData("GET", "/", "get")]
    [InlineData("GET", "/api", "get")]
    [InlineData("GET", "/api/v1", "get")]
    [InlineData("GET", "/apis/apps/v1", "get")]
    [InlineData("POST", "/healthz", "post")]
    [InlineData("GET", "/openapi/v3/apis/apps/v1", "get")]
    [InlineData("GET", "/api/v1/watch", "get")]
    [InlineData("GET", "/metrics/a/b/c", "get")]
    public void Everything_else_is_a_path(string method, string path, string verb)
    {
        var info = Read(method, path);
        Assert.False(info.IsResource);
        Assert.Equal((verb, path), (info.Verb, info.Path));
    }

    [Fact]
    public void What_follows_a_subresource_is_kept()
    {
        Assert.Equal(["x", "y"], Read("GET", "/api/v1/namespaces/n/services/s/proxy/x/y").Rest);
        Assert.Empty(Read("GET", "/api/v1/namespaces/n/services/s/proxy").Rest);
    }

    [Fact]
    public void No_path_is_too_strange() =>
        Gen.Select(Gen.OneOf("GET", "DELETE", "POST"), Gen.OneOf("api", "apis", "v1", "watch", "proxy", "namespaces", "", "n", "status", "%").Array[0, 8])
            .Sample((method, parts) =>
            {
                var info = Read(method, "/" + string.Join('/', parts));
                if (info.IsResource)
                    Assert.Contains(info.Resource, parts);
                else
                    Assert.Equal(method.ToLowerInvariant(), info.Verb);
            });

    private static RequestInfo Read(string method, string url)
    {
        var parts = url.Split('?', 2);
        return RequestInfoReader.Read(method, parts[0], new QueryCollection(QueryHelpers.ParseQuery(parts.Length > 1 ? parts[1] : "")));
    }
}
