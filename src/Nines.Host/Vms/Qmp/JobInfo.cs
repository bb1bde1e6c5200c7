namespace Nines.Host.Vms.Qmp;

/// <summary>A job.</summary>
/// <param name="Id">What it is called.</param>
/// <param name="Status">QEMU's JobStatus: <c>running</c>, <c>ready</c>, <c>concluded</c>, …</param>
/// <param name="CurrentProgress">How much is done, of <paramref name="TotalProgress"/>.</param>
/// <param name="TotalProgress">How much there is to do, as far as is known.</param>
/// <param name="Error">Why it failed, if it did.</param>
internal sealed record JobInfo(string Id, string Status, long CurrentProgress, long TotalProgress, string? Error = null);
