namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a security group's rule, <c>sgr-…</c>.</summary>
internal readonly record struct SecurityGroupRuleId(string Value) : IResourceId<SecurityGroupRuleId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.SecurityGroupRule;

    /// <inheritdoc/>
    public static SecurityGroupRuleId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
