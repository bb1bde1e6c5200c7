namespace Nines.Wire;

/// <summary>One HTTP response as the protocols make it. Dispose it once its body is sent: the memory is pooled.</summary>
public sealed class WireResponse : IDisposable
{
    private readonly PooledBuffer? _buffer;

    /// <summary>Makes a response around the buffer that holds its body; the response owns the buffer.</summary>
    public WireResponse(int status, PooledBuffer? body = null)
    {
        Status = status;
        _buffer = body;
    }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The headers; the length is left to the server.</summary>
    public WireHeaders Headers { get; } = [];

    /// <summary>The body, valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Body => _buffer?.Written ?? default;

    /// <inheritdoc/>
    public void Dispose() => _buffer?.Dispose();
}
