namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of an import of an image, <c>import-ami-…</c>.</summary>
internal readonly record struct ImportImageTaskId(string Value) : IResourceId<ImportImageTaskId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.ImportImageTask;

    /// <inheritdoc/>
    public static ImportImageTaskId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
