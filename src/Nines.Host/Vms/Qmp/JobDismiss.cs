namespace Nines.Host.Vms.Qmp;

/// <summary><c>job-dismiss</c>: forgets a job that is over.</summary>
/// <param name="Id">The job.</param>
internal sealed record JobDismiss(string Id) : IQmpCommand<QmpNothing>
{
    public static string Name => "job-dismiss";
}
