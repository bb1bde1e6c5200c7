namespace Nines.Host.Vms.Qmp;

/// <summary><c>block-job-cancel</c>: ends a job; one that has copied all ends with both disks the same.</summary>
/// <param name="Device">The job.</param>
/// <param name="Force">Whether it ends at once, whatever is copied.</param>
internal sealed record BlockJobCancel(string Device, bool Force) : IQmpCommand<QmpNothing>
{
    public static string Name => "block-job-cancel";
}
