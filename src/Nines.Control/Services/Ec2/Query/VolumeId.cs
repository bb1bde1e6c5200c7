namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a volume, <c>vol-…</c>.</summary>
internal readonly record struct VolumeId(string Value) : IResourceId<VolumeId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.Volume;

    /// <inheritdoc/>
    public static VolumeId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
