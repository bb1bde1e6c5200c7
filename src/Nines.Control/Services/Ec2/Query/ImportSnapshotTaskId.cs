namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of an import of a snapshot, <c>import-snap-…</c>.</summary>
internal readonly record struct ImportSnapshotTaskId(string Value) : IResourceId<ImportSnapshotTaskId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.ImportSnapshotTask;

    /// <inheritdoc/>
    public static ImportSnapshotTaskId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
