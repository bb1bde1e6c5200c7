namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of an instance, <c>i-…</c>.</summary>
internal readonly record struct InstanceId(string Value) : IResourceId<InstanceId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.Instance;

    /// <inheritdoc/>
    public static InstanceId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
