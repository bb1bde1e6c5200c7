using System.Collections.Immutable;
using System.Text;
using Nines.Host.Api;
using Nines.Host.Gate;
using Nines.Host.Networks;

namespace Nines.Host.Tests.Gate;

public sealed class IdentityDocumentTests
{
    private static readonly VmSpec Machine = Specs.Vm() with { Interfaces = [new VmInterface("eni-1", "vpc-1", "02:00:00:00:00:01", 0)] };

    [Fact]
    public void A_guest_is_told_what_dhcp_and_metadata_would_tell_it()
    {
        var userData = "#!/bin/sh\n\necho \0binary"u8.ToArray();
        var document = Render(Machine with { Metadata = Machine.Metadata with { PublicKey = "ssh-ed25519 AAAA me@there\n", UserData = [.. userData] } });

        var text = Encoding.UTF8.GetString(document);
        text.Split("\n\n")[0].Split('\n').ShouldBe(
        [
            "time=86400.500", "entropy=" + string.Concat(Enumerable.Repeat("07", 32)), "instance-id=i-0123456789abcdef0", "hostname=ip-172-31-16-4",
            "domain=ec2.internal", "mac=02:00:00:00:00:01", "address=172.31.16.4", "prefix=20", "netmask=255.255.240.0", "gateway=172.31.16.1",
            "dns=172.31.0.2", "mtu=1500", "public-key=ssh-ed25519 AAAA me@there", $"user-data={userData.Length}",
        ]);
        document[^userData.Length..].ShouldBe(userData);
    }

    [Fact]
    public void A_guest_whose_metadata_is_switched_off_is_told_no_key_and_no_user_data()
    {
        var metadata = Machine.Metadata with { PublicKey = "ssh-ed25519 AAAA", UserData = [1, 2, 3], EndpointEnabled = false };

        var text = Encoding.UTF8.GetString(Render(Machine with { Metadata = metadata }));

        text.ShouldNotContain("public-key");
        text.ShouldEndWith("user-data=0\n\n");
    }

    private static byte[] Render(VmSpec spec)
    {
        var vpc = VpcModel.Parse(new VpcSpec
        {
            Id = "vpc-1",
            CidrBlocks = ["172.31.0.0/16"],
            DomainName = "ec2.internal",
            Subnets = ImmutableDictionary<string, SubnetSpec>.Empty.Add("subnet-1", new("subnet-1", "172.31.16.0/20")),
            Interfaces = ImmutableDictionary<string, InterfaceSpec>.Empty.Add("eni-1", new()
            {
                Id = "eni-1",
                VmId = spec.Id,
                SubnetId = "subnet-1",
                MacAddress = "02:00:00:00:00:01",
                PrivateIpAddress = "172.31.16.4",
                HostName = "ip-172-31-16-4",
            }),
        });
        var now = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(500);
        return IdentityDocument.Render(spec, vpc, vpc.Adapters[0], now, Enumerable.Repeat((byte)7, IdentityDocument.EntropyBytes).ToArray());
    }
}
