namespace Nines.Control.Tests.Gateway;

/// <summary>The real clock, wrong by a constant.</summary>
internal sealed class ShiftedTime(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
}
