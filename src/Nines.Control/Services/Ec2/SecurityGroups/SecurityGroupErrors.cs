using Nines.Wire;

namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>The errors that only security groups have, in EC2's codes and words.</summary>
internal static class SecurityGroupErrors
{
    public static AwsException NameTaken(string name, string vpcId) =>
        new("InvalidGroup.Duplicate", $"The security group '{name}' already exists for VPC '{vpcId}'");

    public static AwsException NameNotFound(string name) =>
        new("InvalidGroup.NotFound", $"The security group '{name}' does not exist in default VPC");

    public static AwsException IsDefault(SecurityGroup group) =>
        new("CannotDelete", $"the specified group: \"{group.Id}\" name: \"{group.Name}\" cannot be deleted by a user");

    public static AwsException InUse(SecurityGroup group) => Ec2Errors.DependencyViolation($"resource {group.Id} has a dependent object");

    public static AwsException DefaultsAreNotAssociated(string what) =>
        new("OperationNotPermitted", $"The default {what} cannot be used: neither default security groups nor default VPCs can be associated.");

    public static AwsException AlreadyAssociated(SecurityGroup group, string vpcId) =>
        new("Resource.AlreadyAssociated", $"The security group {group.Id} can be used in the VPC {vpcId} already.");

    public static AwsException NotAssociated(SecurityGroup group, string vpcId) =>
        Ec2Errors.InvalidParameterValue($"The security group {group.Id} is not associated with the VPC {vpcId}.");

    public static AwsException RuleExists(SecurityGroupRule rule) =>
        new("InvalidPermission.Duplicate", $"the specified rule \"{Describe(rule)}\" already exists");

    public static AwsException RuleRepeated() =>
        new("InvalidParameterValue", "The same permission must not appear multiple times");

    public static AwsException RuleNotFound() =>
        new("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");

    public static AwsException RuleIdNotFound(string id) =>
        new("InvalidSecurityGroupRuleId.NotFound", $"The security group rule ID '{id}' does not exist");

    public static AwsException Malformed(string message) => new("InvalidPermission.Malformed", message);

    public static AwsException TooManyRules() =>
        new("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.");

    public static AwsException TooManyGroups() =>
        new("SecurityGroupLimitExceeded", "The maximum number of security groups has been reached.");

    private static string Describe(SecurityGroupRule rule)
    {
        var protocol = rule.Protocol == SecurityGroupRule.AllProtocols ? "ALL" : rule.Protocol.ToUpperInvariant();
        var ports = rule.Protocol is "tcp" or "udp" ? $", from port: {rule.FromPort}, to port: {rule.ToPort}" : "";
        return $"peer: {rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.ReferencedGroupId ?? rule.PrefixListId}, {protocol}{ports}, ALLOW";
    }
}
