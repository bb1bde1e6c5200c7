namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>A security group with what filters ask of the groups that its rules name.</summary>
/// <param name="Group">The record.</param>
/// <param name="NameOf">The name of a group by its id, or <see langword="null"/>.</param>
internal sealed record SecurityGroupView(SecurityGroup Group, Func<string, string?> NameOf)
{
    /// <summary>The rules of one direction.</summary>
    public IEnumerable<SecurityGroupRule> Rules(bool egress) => Group.Rules.Where(rule => rule.IsEgress == egress);
}
