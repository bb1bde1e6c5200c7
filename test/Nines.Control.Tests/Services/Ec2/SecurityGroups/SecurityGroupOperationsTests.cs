using Nines.Api.Ec2;
using Nines.Wire;
using SecurityGroup = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroup;
using SecurityGroupRule = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroupRule;

namespace Nines.Control.Tests.Services.Ec2.SecurityGroups;

public sealed class SecurityGroupOperationsTests : IAsyncLifetime
{
    private Ec2World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await Ec2World.OpenAsync();
        await _world.Cloud.WriteAsync(transaction => transaction.Insert(SecurityGroup.Table, Web()), Ec2World.Cancel);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Rules_of_one_protocol_and_port_are_folded_into_one_permission()
    {
        var group = (await Describe(new() { GroupIds = ["sg-00000000"] })).SecurityGroups!.ShouldHaveSingleItem();
        var (http, ssh) = (group.IpPermissions![0], group.IpPermissions[1]);
        (http.IpProtocol, http.FromPort, http.ToPort).ShouldBe(("tcp", 80, 80));
        http.IpRanges!.Select(range => (range.CidrIp, range.Description)).ShouldBe([("10.0.0.0/8", "inside"), ("0.0.0.0/0", null)]);
        http.Ipv6Ranges!.ShouldHaveSingleItem().CidrIpv6.ShouldBe("::/0");
        ssh.UserIdGroupPairs!.ShouldHaveSingleItem().GroupId.ShouldBe(_world.DefaultVpc.DefaultSecurityGroupId);
        var egress = group.IpPermissionsEgress!.ShouldHaveSingleItem();
        (egress.IpProtocol, egress.FromPort, egress.ToPort).ShouldBe(("-1", null, null));
    }

    [Theory]
    [InlineData("group-name", "web", "web")]
    [InlineData("ip-permission.cidr", "10.0.0.0/8", "web")]
    [InlineData("ip-permission.from-port", "22", "web")]
    [InlineData("ip-permission.protocol", "tcp", "web")]
    [InlineData("ip-permission.group-name", "default", "default,web")]
    [InlineData("ip-permission.user-id", "123456789012", "default,web")]
    [InlineData("egress.ip-permission.protocol", "-1", "default,web")]
    [InlineData("egress.ip-permission.from-port", "*", "")]
    [InlineData("tag:tier", "front", "web")]
    public async Task Filters_look_into_rules(string name, string value, string expected)
    {
        var groups = (await Describe(new() { Filters = [new Filter { Name = name, Values = [value] }] })).SecurityGroups!;
        string.Join(',', groups.Select(group => group.GroupName).Order(StringComparer.Ordinal)).ShouldBe(expected);
    }

    [Fact]
    public async Task Groups_are_found_by_name_in_the_default_VPC()
    {
        (await Describe(new() { GroupNames = ["default"] })).SecurityGroups!.ShouldHaveSingleItem().Description.ShouldBe("default VPC security group");
        var error = await Should.ThrowAsync<AwsException>(() => Describe(new() { GroupNames = ["default", "none"] }));
        error.Code.ShouldBe("InvalidGroup.NotFound");
        error.Message.ShouldBe($"The security group 'none' does not exist in default VPC '{_world.DefaultVpc.Id}'");
        (await Should.ThrowAsync<AwsException>(() => Describe(new() { GroupIds = ["web"] }))).Code.ShouldBe("InvalidGroupId.Malformed");
    }

    [Fact]
    public async Task Rules_are_described_one_by_one()
    {
        var rules = (await Rules(new() { Filters = [new Filter { Name = "group-id", Values = ["sg-00000000"] }] })).SecurityGroupRules!;
        rules.Select(rule => rule.SecurityGroupRuleId).ShouldBe(["sgr-00000001", "sgr-00000002", "sgr-00000003", "sgr-00000004", "sgr-00000005"]);
        rules[3].ReferencedGroupInfo!.GroupId.ShouldBe(_world.DefaultVpc.DefaultSecurityGroupId);
        (rules[4].IsEgress, rules[4].FromPort, rules[4].CidrIpv4).ShouldBe((true, -1, "0.0.0.0/0"));
        (await Rules(new() { SecurityGroupRuleIds = ["sgr-00000002"] })).SecurityGroupRules!.ShouldHaveSingleItem().CidrIpv4.ShouldBe("0.0.0.0/0");
        (await Should.ThrowAsync<AwsException>(() => Rules(new() { SecurityGroupRuleIds = ["sgr-0000000f"] }))).Code.ShouldBe("InvalidSecurityGroupRuleId.NotFound");
    }

    private SecurityGroup Web() => new()
    {
        AccountId = Ec2World.Account,
        Id = "sg-00000000",
        Name = "web",
        Description = "web servers",
        VpcId = _world.DefaultVpc.Id,
        Tags = Nines.Control.Services.Ec2.Tags.TagMap.Empty.Add("tier", "front"),
        Rules =
        [
            new SecurityGroupRule { Id = "sgr-00000001", IsEgress = false, Protocol = "tcp", FromPort = 80, ToPort = 80, CidrIpv4 = "10.0.0.0/8", Description = "inside" },
            new SecurityGroupRule { Id = "sgr-00000002", IsEgress = false, Protocol = "tcp", FromPort = 80, ToPort = 80, CidrIpv4 = "0.0.0.0/0" },
            new SecurityGroupRule { Id = "sgr-00000003", IsEgress = false, Protocol = "tcp", FromPort = 80, ToPort = 80, CidrIpv6 = "::/0" },
            new SecurityGroupRule { Id = "sgr-00000004", IsEgress = false, Protocol = "tcp", FromPort = 22, ToPort = 22, ReferencedGroupId = _world.DefaultVpc.DefaultSecurityGroupId },
            new SecurityGroupRule { Id = "sgr-00000005", IsEgress = true, Protocol = "-1", CidrIpv4 = "0.0.0.0/0" },
        ],
    };

    private Task<DescribeSecurityGroupsResult> Describe(DescribeSecurityGroupsRequest input) => _world.AskAsync(Ec2Api.DescribeSecurityGroups, input);

    private Task<DescribeSecurityGroupRulesResult> Rules(DescribeSecurityGroupRulesRequest input) => _world.AskAsync(Ec2Api.DescribeSecurityGroupRules, input);
}
