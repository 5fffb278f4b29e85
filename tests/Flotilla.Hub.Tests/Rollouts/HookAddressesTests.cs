using System.Net;
using Flotilla.Hub.Rollouts;

namespace Flotilla.Hub.Tests.Rollouts;

public sealed class HookAddressesTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.255.0.9", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("0.1.2.3", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("100.100.100.200", true)]
    [InlineData("224.0.0.251", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("::", true)]
    [InlineData("::1", true)]
    [InlineData("::127.0.0.1", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("64:ff9b::7f00:1", true)]
    [InlineData("fe80::1%3", true)]
    [InlineData("ff02::1", true)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("203.0.113.7", false)]
    [InlineData("100.100.100.201", false)]
    [InlineData("2001:db8::7", false)]
    [InlineData("64:ff9b::cb00:7107", false)]
    [InlineData("::ffff:203.0.113.7", false)]
    public void Addresses_that_lead_back_to_the_host_are_known(string address, bool isLocal) =>
        Assert.Equal(isLocal, HookAddresses.IsLocal(IPAddress.Parse(address)));

    [Fact]
    public void So_are_those_of_its_interfaces()
    {
        foreach (var own in System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses))
            Assert.True(HookAddresses.IsLocal(own.Address), own.Address.ToString());
    }
}
