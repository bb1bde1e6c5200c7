namespace Nines.Control.Store;

/// <summary>The lease never was, or has ended.</summary>
internal sealed class LeaseNotFoundException(long leaseId) : StoreException($"Lease {leaseId} does not exist or has ended.")
{
    public long LeaseId { get; } = leaseId;
}
