namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of an export of an image, <c>export-ami-…</c>.</summary>
internal readonly record struct ExportImageTaskId(string Value) : IResourceId<ExportImageTaskId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.ExportImageTask;

    /// <inheritdoc/>
    public static ExportImageTaskId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
