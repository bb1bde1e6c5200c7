using Nines.Host.Api;
using Nines.Simulation.Clouds;

namespace Nines.Simulation.Faults;

/// <summary>
/// A host as one process of the control plane reaches it: calls take their time, so that they overtake each other; what was sent may
/// arrive again much later, even after the process is dead; and the process may die before and after every call.
/// </summary>
internal sealed class MortalHost(HostMachine machine, Life life, Fate fate, TimeProvider time) : IHost
{
    private const double DeathWeight = 0.02;
    private static readonly TimeSpan s_usualDelay = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan s_unusualDelay = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_latestRepeat = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    public async Task<HostFacts> DescribeAsync(CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        var facts = await machine.Host.DescribeAsync(cancellationToken);
        await TravelAsync(cancellationToken);
        return facts;
    }

    public async Task<ApplyResult> ApplyAsync(HostState desired, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        if (fate.Strike())
            _ = RepeatLaterAsync(desired);
        var result = await machine.ApplyAsync(desired, cancellationToken);
        await TravelAsync(cancellationToken);
        return result;
    }

    /// <summary>Looks again and again instead of waiting, as the host's own wait would leave the simulation's thread.</summary>
    public async Task<HostReport> ReportAsync(long afterSequence, TimeSpan wait, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + wait;
        await TravelAsync(cancellationToken);
        while (true)
        {
            life.ThrowIfOver();
            // Now and then the host does not know the reader's number and tells everything again, however old.
            var from = fate.Strike(0.1) ? 0 : afterSequence;
            var report = await machine.Host.ReportAsync(from, TimeSpan.Zero, cancellationToken);
            if (from != afterSequence || report.Sequence != afterSequence || time.GetUtcNow() >= until)
            {
                await TravelAsync(cancellationToken);
                return report;
            }
            await Task.Delay(s_look, time, cancellationToken);
        }
    }

    public Task<ProcessorTimes> MeasureProcessorsAsync(CancellationToken cancellationToken) => machine.Host.MeasureProcessorsAsync(cancellationToken);

    public Task<HostUsage> MeasureAsync(CancellationToken cancellationToken) => machine.Host.MeasureAsync(cancellationToken);

    public Task<ReadOnlyMemory<byte>> ReadConsoleAsync(string vmId, int maxBytes, CancellationToken cancellationToken) =>
        machine.Host.ReadConsoleAsync(vmId, maxBytes, cancellationToken);

    public Task<Stream> OpenConsoleAsync(string vmId, CancellationToken cancellationToken) => machine.Host.OpenConsoleAsync(vmId, cancellationToken);

    public Task<ReadOnlyMemory<byte>> ScreenshotAsync(string vmId, CancellationToken cancellationToken) => machine.Host.ScreenshotAsync(vmId, cancellationToken);

    public Task<ReadOnlyMemory<byte>> ReadTpmKeyAsync(string vmId, TpmKeyType type, CancellationToken cancellationToken) =>
        machine.Host.ReadTpmKeyAsync(vmId, type, cancellationToken);

    public Task<ReadOnlyMemory<byte>> ReadPasswordAsync(string vmId, CancellationToken cancellationToken) => machine.Host.ReadPasswordAsync(vmId, cancellationToken);

    public Task<ReadOnlyMemory<byte>> ReadUefiVariablesAsync(string vmId, CancellationToken cancellationToken) => machine.Host.ReadUefiVariablesAsync(vmId, cancellationToken);

    public Task PurgeAsync(CancellationToken cancellationToken) => machine.Host.PurgeAsync(cancellationToken);

    private async Task TravelAsync(CancellationToken cancellationToken)
    {
        life.Risk(fate, DeathWeight);
        await Task.Delay(fate.Delay(fate.Strike(0.5) ? s_unusualDelay : s_usualDelay), time, cancellationToken);
        life.ThrowIfOver();
    }

    private async Task RepeatLaterAsync(HostState desired)
    {
        await Task.Delay(fate.Delay(s_latestRepeat), time, CancellationToken.None);
        try
        {
            await machine.ApplyAsync(desired, CancellationToken.None);
        }
        catch (IOException)
        {
            // Nobody hears the answer anyway.
        }
    }
}
