using Nines.Api.Ec2;
using Nines.Wire;
using SecurityGroup = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroup;
using SecurityGroupRule = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroupRule;

namespace Nines.Control.Tests.Services.Ec2.SecurityGroups;

public sealed class SecurityGroupRuleChangesTests : IAsyncLifetime
{
    private Ec2World _world = null!;
    private string _group = "";

    public async ValueTask InitializeAsync()
    {
        _world = await Ec2World.OpenAsync();
        _group = (await _world.AskAsync(Ec2Api.CreateSecurityGroup, new CreateSecurityGroupRequest { GroupName = "web", Description = "web" })).GroupId!;
        await _world.AskAsync(Ec2Api.AuthorizeSecurityGroupIngress, new AuthorizeSecurityGroupIngressRequest
        {
            GroupId = _group,
            IpPermissions = [new() { IpProtocol = "tcp", FromPort = 80, ToPort = 80, IpRanges = [new() { CidrIp = "10.0.0.0/8" }, new() { CidrIp = "192.0.2.0/24" }] }],
        });
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_rule_keeps_its_id_and_its_place_and_says_something_else()
    {
        var rule = Rules[1];
        await ModifyAsync(rule.Id, new() { IpProtocol = "udp", FromPort = 53, ToPort = 53, ReferencedGroupId = _group, Description = "names" });

        Rules[1].ShouldBe(rule with { Protocol = "udp", FromPort = 53, ToPort = 53, CidrIpv4 = null, ReferencedGroupId = _group, Description = "names" });
    }

    [Fact]
    public async Task Two_rules_may_change_places_and_never_become_the_same()
    {
        var (one, other) = (Rules[1], Rules[2]);
        SecurityGroupRuleRequest As(SecurityGroupRule rule) => new() { IpProtocol = rule.Protocol, FromPort = rule.FromPort, ToPort = rule.ToPort, CidrIpv4 = rule.CidrIpv4 };
        (await RefusalOf(() => ModifyAsync(one.Id, As(other)))).ShouldBe("InvalidPermission.Duplicate");
        await _world.AskAsync(Ec2Api.ModifySecurityGroupRules, new ModifySecurityGroupRulesRequest
        {
            GroupId = _group,
            SecurityGroupRules = [new() { SecurityGroupRuleId = one.Id, SecurityGroupRule = As(other) }, new() { SecurityGroupRuleId = other.Id, SecurityGroupRule = As(one) }],
        });
        (Rules[1].CidrIpv4, Rules[2].CidrIpv4).ShouldBe((other.CidrIpv4, one.CidrIpv4));
    }

    [Fact]
    public async Task What_is_no_rule_is_refused()
    {
        var id = Rules[1].Id;
        (await RefusalOf(() => ModifyAsync("sgr-0123456789abcdef0", new() { IpProtocol = "-1", CidrIpv4 = "0.0.0.0/0" }))).ShouldBe("InvalidSecurityGroupRuleId.NotFound");
        (await RefusalOf(() => ModifyAsync(id, new() { IpProtocol = "-1" }))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => ModifyAsync(id, new() { IpProtocol = "-1", CidrIpv4 = "0.0.0.0/0", ReferencedGroupId = _group }))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => ModifyAsync(id, new() { IpProtocol = "-1", PrefixListId = "pl-0123456789abcdef0" }))).ShouldBe("InvalidPrefixListID.NotFound");
        (await RefusalOf(() => _world.AskAsync(
            Ec2Api.UpdateSecurityGroupRuleDescriptionsIngress, new UpdateSecurityGroupRuleDescriptionsIngressRequest { GroupId = _group }))).ShouldBe("InvalidParameterCombination");
        Rules[1].Protocol.ShouldBe("tcp");
    }

    [Fact]
    public async Task A_description_comes_by_the_rules_id_and_goes()
    {
        foreach (var text in (string?[])["first", null])
        {
            await _world.AskAsync(Ec2Api.UpdateSecurityGroupRuleDescriptionsEgress, new UpdateSecurityGroupRuleDescriptionsEgressRequest
            {
                GroupId = _group,
                SecurityGroupRuleDescriptions = [new() { SecurityGroupRuleId = Rules[0].Id, Description = text }],
            });
            Rules[0].Description.ShouldBe(text);
        }
    }

    private IReadOnlyList<SecurityGroupRule> Rules => _world.Cloud.Find(SecurityGroup.Table, Ec2World.Account, _group)!.Rules;

    private Task ModifyAsync(string id, SecurityGroupRuleRequest rule) => _world.AskAsync(Ec2Api.ModifySecurityGroupRules, new ModifySecurityGroupRulesRequest
    {
        GroupId = _group,
        SecurityGroupRules = [new() { SecurityGroupRuleId = id, SecurityGroupRule = rule }],
    });

    private static async Task<string> RefusalOf(Func<Task> call) => (await Should.ThrowAsync<AwsException>(call)).Code;
}
