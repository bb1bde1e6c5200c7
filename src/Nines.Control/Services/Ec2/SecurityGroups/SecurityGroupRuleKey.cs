namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>What makes two rules the same rule: everything but id, description and tags.</summary>
internal readonly record struct SecurityGroupRuleKey(
    bool IsEgress, string Protocol, int FromPort, int ToPort, string? CidrIpv4, string? CidrIpv6, string? PrefixListId, string? ReferencedGroupId)
{
    public static SecurityGroupRuleKey Of(SecurityGroupRule rule) => new(
        rule.IsEgress, rule.Protocol, rule.FromPort, rule.ToPort, rule.CidrIpv4, rule.CidrIpv6, rule.PrefixListId, rule.ReferencedGroupId);
}
