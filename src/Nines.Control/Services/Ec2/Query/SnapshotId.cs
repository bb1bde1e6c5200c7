namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a snapshot, <c>snap-…</c>.</summary>
internal readonly record struct SnapshotId(string Value) : IResourceId<SnapshotId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.Snapshot;

    /// <inheritdoc/>
    public static SnapshotId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
