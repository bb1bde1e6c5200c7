using System.Collections.Concurrent;
using Nines.Host.Api;

namespace Nines.Control.Tests.Hosts;

/// <summary>A host that notes what changes it, and whose purges can fail.</summary>
internal sealed class FailingHost(IHost host) : IHost
{
    public ConcurrentQueue<string> Calls { get; } = [];

    public int PurgesToFail { get; set; }

    public Task<HostFacts> DescribeAsync(CancellationToken cancellationToken) => host.DescribeAsync(cancellationToken);

    public Task<ApplyResult> ApplyAsync(HostState desired, CancellationToken cancellationToken)
    {
        Calls.Enqueue("apply");
        return host.ApplyAsync(desired, cancellationToken);
    }

    public Task<HostReport> ReportAsync(long afterSequence, TimeSpan wait, CancellationToken cancellationToken) => host.ReportAsync(afterSequence, wait, cancellationToken);

    public Task<ProcessorTimes> MeasureProcessorsAsync(CancellationToken cancellationToken) => host.MeasureProcessorsAsync(cancellationToken);

    public Task<HostUsage> MeasureAsync(CancellationToken cancellationToken) => host.MeasureAsync(cancellationToken);

    public Task<ReadOnlyMemory<byte>> ReadConsoleAsync(string vmId, int maxBytes, CancellationToken cancellationToken) => host.ReadConsoleAsync(vmId, maxBytes, cancellationToken);

    public Task<Stream> OpenConsoleAsync(string vmId, CancellationToken cancellationToken) => host.OpenConsoleAsync(vmId, cancellationToken);

    public Task<ReadOnlyMemory<byte>> ScreenshotAsync(string vmId, CancellationToken cancellationToken) => host.ScreenshotAsync(vmId, cancellationToken);

    public Task<ReadOnlyMemory<byte>> ReadTpmKeyAsync(string vmId, TpmKeyType type, CancellationToken cancellationToken) => host.ReadTpmKeyAsync(vmId, type, cancellationToken);

    public Task<ReadOnlyMemory<byte>> ReadPasswordAsync(string vmId, CancellationToken cancellationToken) => host.ReadPasswordAsync(vmId, cancellationToken);

    public Task<ReadOnlyMemory<byte>> ReadUefiVariablesAsync(string vmId, CancellationToken cancellationToken) => host.ReadUefiVariablesAsync(vmId, cancellationToken);

    public Task PurgeAsync(CancellationToken cancellationToken)
    {
        Calls.Enqueue("purge");
        return PurgesToFail-- > 0 ? throw new IOException("The purge failed.") : host.PurgeAsync(cancellationToken);
    }
}
