using System.IO.Pipelines;
using Nines.Control.Admin;
using Nines.Wire;

namespace Nines.Control.Tests.Admin;

/// <summary>The console of <c>i-1</c>: what is written to it comes back.</summary>
internal sealed class EchoConsole : IConsoles
{
    private readonly Pipe _echo = new();

    /// <summary>The guest ends.</summary>
    public void End() => _echo.Writer.Complete();

    public Task<ReadOnlyMemory<byte>> ReadAsync(string accountId, string instanceId, int maxBytes, CancellationToken cancellationToken)
    {
        Check(instanceId);
        return Task.FromResult<ReadOnlyMemory<byte>>(new byte[] { 0, 255, (byte)maxBytes });
    }

    public Task<Stream> OpenAsync(string accountId, string instanceId, CancellationToken cancellationToken)
    {
        Check(instanceId);
        return Task.FromResult<Stream>(new Duplex(_echo.Reader.AsStream(), _echo.Writer.AsStream()));
    }

    private static void Check(string instanceId)
    {
        if (instanceId != "i-1")
        {
            throw new AwsException("InvalidInstanceID.NotFound", $"The instance ID '{instanceId}' does not exist");
        }
    }

    private sealed class Duplex(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => output.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);
    }
}
