using Flotilla.Api.Sites;

namespace Flotilla.Core.Tests;

public sealed class SiteNameTests
{
    [Theory]
    [InlineData("retail/store-1", true)]
    [InlineData("retail/", false)]
    [InlineData("/store-1", false)]
    [InlineData("store-1", false)]
    [InlineData("a/b/c", false)]
    [InlineData(null, false)]
    public void A_site_is_named_by_namespace_and_name(string? text, bool valid) => Assert.Equal(valid ? text : null, SiteName.TryParse(text)?.ToString());
}
