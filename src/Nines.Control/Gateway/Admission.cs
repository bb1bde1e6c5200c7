namespace Nines.Control.Gateway;

/// <summary>Counts what is under way against the limits. Nothing waits: what does not fit is refused, and the client comes again.</summary>
internal sealed class Admission(GatewayLimits limits)
{
    private int _requests;
    private long _bodyBytes;

    /// <summary>Requests under way.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Bytes of bodies in memory.</summary>
    public long BodyBytes => Interlocked.Read(ref _bodyBytes);

    /// <summary>Takes a place for a request; <see cref="Leave"/> gives it back, whatever is answered here.</summary>
    public bool TryEnter() => Interlocked.Increment(ref _requests) <= limits.Requests;

    /// <summary>Gives back a request's place and the memory of its body.</summary>
    public void Leave(long bodyBytes)
    {
        Interlocked.Add(ref _bodyBytes, -bodyBytes);
        Interlocked.Decrement(ref _requests);
    }

    /// <summary>Takes memory for a part of a body; <see cref="Leave"/> gives it back, whatever is answered here.</summary>
    public bool TryTake(long bodyBytes) => Interlocked.Add(ref _bodyBytes, bodyBytes) <= limits.AllBodiesBytes;
}
