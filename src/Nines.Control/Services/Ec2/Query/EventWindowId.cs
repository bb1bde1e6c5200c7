namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of an event window, <c>iew-…</c>.</summary>
internal readonly record struct EventWindowId(string Value) : IResourceId<EventWindowId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.EventWindow;

    /// <inheritdoc/>
    public static EventWindowId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
