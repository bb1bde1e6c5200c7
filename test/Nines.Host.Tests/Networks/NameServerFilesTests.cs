using System.Net;
using Nines.Host.Networks;

namespace Nines.Host.Tests.Networks;

public sealed class NameServerFilesTests
{
    private static readonly NameServerFiles Files = NameServerFiles.OfVpc(
        VpcModel.Parse(Vpcs.Shop), "/run/x", IPNetwork.Parse("198.18.0.0/16"), IPAddress.Parse("198.18.0.1"));

    [Fact]
    public void Every_adapter_has_a_lease_and_a_name() => (Files.Leases + Files.Names).ShouldBe("""
        02:00:00:00:00:01,172.31.16.4,ip-172-31-16-4,3600
        02:00:00:00:00:02,172.31.16.5,ip-172-31-16-5,3600
        02:00:00:00:00:03,172.31.16.6,ip-172-31-16-6,3600
        172.31.16.4 ip-172-31-16-4.ec2.internal
        172.31.16.4 ec2-198-18-0-20.compute-1.amazonaws.com
        172.31.16.5 ip-172-31-16-5.ec2.internal
        172.31.16.6 ip-172-31-16-6.ec2.internal

        """);

    [Fact]
    public void The_configuration_serves_static_leases_of_each_subnet_and_forwards_other_names()
    {
        var lines = Files.Configuration.Split('\n');
        lines.ShouldContain("dhcp-range=set:subnet-0b,172.31.16.0,static,255.255.240.0,3600");
        lines.ShouldContain("dhcp-option=tag:subnet-0b,option:classless-static-route,169.254.169.254/32,172.31.16.1,0.0.0.0/0,172.31.16.1");
        lines.ShouldContain("dhcp-option=option:dns-server,172.31.0.2");
        lines.ShouldContain("server=198.18.0.1#10053");
        lines.ShouldContain("no-resolv");
    }

    [Fact]
    public void A_new_adapter_changes_no_line_of_the_configuration()
    {
        var more = VpcModel.Parse(Vpcs.Shop.With(Vpcs.Adapter(7)));
        NameServerFiles.OfVpc(more, "/run/x", IPNetwork.Parse("198.18.0.0/16"), IPAddress.Parse("198.18.0.1"))
            .Configuration.ShouldBe(Files.Configuration, "only then the running server can take it by a signal");
    }

    [Fact]
    public void A_machine_that_is_called_after_its_id_has_the_name_of_its_address_too()
    {
        var adapter = Vpcs.Adapter(7);
        var names = NameServerFiles.OfVpc(
            VpcModel.Parse(Vpcs.Shop.With(adapter with { HostName = "i-7", ResourceName = "i-7" })), "/run/x", IPNetwork.Parse("198.18.0.0/16"), null).Names.Split('\n');
        names.ShouldContain($"{adapter.PrivateIpAddress} i-7.ec2.internal");
        names.ShouldContain($"{adapter.PrivateIpAddress} ip-{adapter.PrivateIpAddress.Replace('.', '-')}.ec2.internal");
        names.Count(line => line.StartsWith(adapter.PrivateIpAddress + " ", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Theory]
    [InlineData("ec2.internal", "compute-1.amazonaws.com")]
    [InlineData("eu-west-1.compute.internal", "eu-west-1.compute.amazonaws.com")]
    [InlineData("corp.example", null)]
    public void A_private_domain_has_its_public_one(string domain, string? expected) =>
        NameServerFiles.PublicDomain(domain).ShouldBe(expected);
}
