namespace Nines.Control.Hosts;

/// <summary>Room that is kept for a launch until its records are committed, or the launch has failed.</summary>
internal sealed class HostReservation(HostLedger ledger, IReadOnlyList<string> hostIds, Demand demand) : IDisposable
{
    private bool _returned;

    /// <summary>A host for each machine, in order; a host may occur several times.</summary>
    public IReadOnlyList<string> HostIds => hostIds;

    /// <summary>Returns the room; by then the committed records count, or nothing was launched.</summary>
    public void Dispose()
    {
        if (!_returned)
        {
            _returned = true;
            ledger.Return(hostIds, demand);
        }
    }
}
