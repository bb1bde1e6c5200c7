namespace Nines.Control.Hosts;

/// <summary>Machines that nobody else gets until their records as dedicated hosts are committed, or that has failed.</summary>
internal sealed class MachineClaim(HostLedger ledger, IReadOnlyList<string> machineIds) : IDisposable
{
    /// <summary>The machines.</summary>
    public IReadOnlyList<string> MachineIds => machineIds;

    /// <summary>Gives up the claim: from now on only records hold the machines.</summary>
    public void Dispose() => ledger.Return(this);
}
