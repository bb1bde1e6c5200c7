namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a flow log, <c>fl-…</c>.</summary>
internal readonly record struct FlowLogId(string Value) : IResourceId<FlowLogId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.FlowLog;

    /// <inheritdoc/>
    public static FlowLogId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
