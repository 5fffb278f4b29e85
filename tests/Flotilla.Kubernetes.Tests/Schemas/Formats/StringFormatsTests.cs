using Flotilla.Kubernetes.Schemas.Formats;

namespace Flotilla.Kubernetes.Tests.Schemas.Formats;

public sealed class StringFormatsTests
{
    [Theory]
    [InlineData("date-time", "2026-01-31T10:00:00Z 2026-01-31t10:00:00.5+02:00", "2026-01-31 2026-02-30T10:00:00Z 2026-01-31T24:00:00Z 2026-01-31T10:00:00")]
    [InlineData("date", "2026-02-28 0000-02-29", "2026-02-29 26-01-01 2026-1-1")]
    [InlineData("duration", "1h30m -1.5s 0 22ns 3days 300ms", "long 5 h")]
    [InlineData("uuid", "00000000-0000-0000-0000-000000000000 ABCDEF00000000000000000000000000", "no 00000000-0000-0000-0000-00000000000g")]
    [InlineData("uuid4", "12345678-1234-4234-8234-123456789012", "12345678-1234-1234-8234-123456789012")]
    [InlineData("ipv4", "1.2.3.4 010.0.0.1 ::ffff:1.2.3.4", "1.2.3 1.2.3.256 ::1")]
    [InlineData("ipv6", "::1 fe80::1 ::ffff:1.2.3.4 1:2:3:4:5:6:7:8", "1.2.3.4 ::1%eth0 1:2:3:4:5:6:7 :::1 1::2::3 12345::")]
    [InlineData("cidr", "10.0.0.0/8 fe80::/64", "10.0.0.0 10.0.0.0/33 fe80::/129 10.0.0.0/-1")]
    [InlineData("mac", "00:11:22:aa:BB:cc 00-11-22-33-44-55 0011.2233.4455", "00:11:22:33:44 00:11-22:33:44:55")]
    [InlineData("hostname", "example.com a-bc my-host.example.com host", "ab-c -a a.b_c.de a..com")]
    [InlineData("uri", "https://example.com/a?b=c /path mailto:x", "example.com :no https://ex%zz/ http://host:port/")]
    [InlineData("email", "a@example.com", "example.com @x")]
    [InlineData("byte", "YQ== YWJj", "% YQ=")]
    [InlineData("hexcolor", "#fff abcdef", "#ff")]
    [InlineData("isbn", "0321751043 978-0321751041", "0321751044")]
    [InlineData("creditcard", "4111111111111111 4111-1111-1111-1111", "4111111111111112")]
    [InlineData("k8s-short-name", "abc a-1", "-a A a.b")]
    [InlineData("k8s-long-name", "a.b-c", "a..b A")]
    public void Formats_take_what_kube_apiserver_takes(string format, string good, string bad)
    {
        var check = StringFormats.Find(format);
        Assert.NotNull(check);
        foreach (var text in good.Split(' '))
            Assert.True(check(text), $"{format} should take {text}");
        foreach (var text in bad.Split(' '))
            Assert.False(check(text), $"{format} should not take {text}");
    }

    [Theory]
    [InlineData("ip")]
    [InlineData("int-or-string")]
    [InlineData("whatever")]
    public void Other_formats_are_not_enforced(string format) => Assert.Null(StringFormats.Find(format));
}
