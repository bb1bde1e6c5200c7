namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a launch template, <c>lt-…</c>.</summary>
internal readonly record struct LaunchTemplateId(string Value) : IResourceId<LaunchTemplateId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.LaunchTemplate;

    /// <inheritdoc/>
    public static LaunchTemplateId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
