using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.SecurityGroups;

public sealed class PermissionParserTests
{
    [Theory]
    [InlineData("tcp", 22, 22, "tcp", 22, 22)]
    [InlineData("6", 0, 65535, "tcp", 0, 65535)]
    [InlineData("UDP", 53, 53, "udp", 53, 53)]
    [InlineData("tcp", -1, -1, "tcp", 0, 65535)]
    [InlineData("icmp", -1, -1, "icmp", -1, -1)]
    [InlineData("1", 8, 0, "icmp", 8, 0)]
    [InlineData("-1", 22, 22, "-1", -1, -1)]
    [InlineData("all", null, null, "-1", -1, -1)]
    [InlineData("50", null, null, "50", -1, -1)]
    public void Protocols_and_ports_become_what_rules_keep(string protocol, int? from, int? to, string kept, int keptFrom, int keptTo)
    {
        var rule = Parse(protocol, from, to, "10.0.0.0/8");
        (rule.Protocol, rule.FromPort, rule.ToPort).ShouldBe((kept, keptFrom, keptTo));
    }

    [Theory]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("1.2.3.4/32", "1.2.3.4/32")]
    [InlineData("1.2.3.4/0", "0.0.0.0/0")]
    public void Bits_beyond_the_block_are_cleared(string given, string kept) => Parse("tcp", 1, 2, given).CidrIpv4.ShouldBe(kept);

    [Theory]
    [InlineData("tcp", 22, null, "10.0.0.0/8", "InvalidParameterValue")]
    [InlineData("tcp", 23, 22, "10.0.0.0/8", "InvalidParameterValue")]
    [InlineData("udp", 0, 65536, "10.0.0.0/8", "InvalidParameterValue")]
    [InlineData("icmp", -1, 3, "10.0.0.0/8", "InvalidParameterValue")]
    [InlineData("icmp", 256, 0, "10.0.0.0/8", "InvalidParameterValue")]
    [InlineData("nonsense", 1, 2, "10.0.0.0/8", "InvalidParameterValue")]
    [InlineData("256", null, null, "10.0.0.0/8", "InvalidParameterValue")]
    [InlineData("", 1, 2, "10.0.0.0/8", "MissingParameter")]
    [InlineData("tcp", 1, 2, "10.0.0.0/33", "InvalidParameterValue")]
    [InlineData("tcp", 1, 2, "10.0.0/8", "InvalidParameterValue")]
    [InlineData("tcp", 1, 2, "", "MissingParameter")]
    public void What_is_no_rule_is_refused(string protocol, int? from, int? to, string cidr, string code) =>
        Should.Throw<AwsException>(() => Parse(protocol, from, to, cidr)).Code.ShouldBe(code);

    [Fact]
    public void A_permission_without_another_side_is_refused() =>
        Should.Throw<AwsException>(() => PermissionParser.Parse([new IpPermission { IpProtocol = "-1" }], isEgress: false, _ => new(""))).Code.ShouldBe("InvalidParameterValue");

    [Fact]
    public void The_same_permission_twice_is_refused()
    {
        var permission = new IpPermission { IpProtocol = "-1", IpRanges = [new IpRange { CidrIp = "10.0.0.0/8" }, new IpRange { CidrIp = "10.9.9.9/8" }] };
        Should.Throw<AwsException>(() => PermissionParser.Parse([permission], isEgress: false, _ => new(""))).Code.ShouldBe("InvalidParameterValue");
    }

    private static Nines.Control.Services.Ec2.SecurityGroups.SecurityGroupRule Parse(string protocol, int? from, int? to, string cidr) =>
        PermissionParser.Parse(
            [new IpPermission { IpProtocol = protocol, FromPort = from, ToPort = to, IpRanges = [new IpRange { CidrIp = cidr }] }], isEgress: false, _ => new("")).ShouldHaveSingleItem();
}
