namespace Nines.Host.Api;

/// <summary>
/// The contract with a host: give it a whole desired state, hear what it observes, and look at a machine. The same for
/// real hosts in this process, hosts behind a socket, and hosts in memory.
/// </summary>
public interface IHost
{
    /// <summary>What the host is and can carry.</summary>
    Task<HostFacts> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Replaces the desired state. Returns as soon as it is durable on the host, not when it has become true.</summary>
    Task<ApplyResult> ApplyAsync(HostState desired, CancellationToken cancellationToken);

    /// <summary>What is observed after <paramref name="afterSequence"/> (0: everything).</summary>
    /// <param name="afterSequence">The last report's sequence, or 0.</param>
    /// <param name="wait">How long to wait for something new; an empty report is answered then.</param>
    Task<HostReport> ReportAsync(long afterSequence, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>How full the host is now, and what each of its machines takes.</summary>
    Task<HostUsage> MeasureAsync(CancellationToken cancellationToken);

    /// <summary>What each machine has used of its processors; asked often.</summary>
    Task<ProcessorTimes> MeasureProcessorsAsync(CancellationToken cancellationToken);

    /// <summary>The newest output of the serial console, at most <paramref name="maxBytes"/>.</summary>
    /// <exception cref="VmNotFoundException">The host has no such machine.</exception>
    Task<ReadOnlyMemory<byte>> ReadConsoleAsync(string vmId, int maxBytes, CancellationToken cancellationToken);

    /// <summary>The serial console, live: what is read comes from the guest, what is written goes to it.</summary>
    /// <exception cref="VmNotFoundException">The host has no such machine, or it does not run.</exception>
    Task<Stream> OpenConsoleAsync(string vmId, CancellationToken cancellationToken);

    /// <summary>A picture of the screen, as PNG.</summary>
    /// <exception cref="VmNotFoundException">The host has no such machine, or it does not run.</exception>
    Task<ReadOnlyMemory<byte>> ScreenshotAsync(string vmId, CancellationToken cancellationToken);

    /// <summary>The password that a machine's guest has said on its serial console in the way of EC2's programs for Windows, encrypted for its key pair, in base64; empty: none yet.</summary>
    /// <exception cref="VmNotFoundException">The host has no such machine.</exception>
    Task<ReadOnlyMemory<byte>> ReadPasswordAsync(string vmId, CancellationToken cancellationToken);

    /// <summary>The public area (TPMT_PUBLIC; TPM 2.0 Library, part 2) of an endorsement key of a machine's TPM.</summary>
    /// <exception cref="VmNotFoundException">The host has no such machine, or it has no TPM, or has not been started with it yet.</exception>
    Task<ReadOnlyMemory<byte>> ReadTpmKeyAsync(string vmId, TpmKeyType type, CancellationToken cancellationToken);

    /// <summary>The memory in which a machine's UEFI firmware keeps its variables, as it lies in flash.</summary>
    /// <exception cref="VmNotFoundException">The host has no such machine, or no such firmware has started it yet.</exception>
    Task<ReadOnlyMemory<byte>> ReadUefiVariablesAsync(string vmId, CancellationToken cancellationToken);

    /// <summary>Ends every machine and removes all that this cloud ever made on the host, whatever the desired state; forgets the generation.</summary>
    Task PurgeAsync(CancellationToken cancellationToken);
}
