namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a machine image, <c>ami-…</c>.</summary>
internal readonly record struct ImageId(string Value) : IResourceId<ImageId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.Image;

    /// <inheritdoc/>
    public static ImageId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
