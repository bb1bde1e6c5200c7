namespace Nines.Host.Vms.Qmp;

/// <summary><c>query-status</c>: the run state of the machine.</summary>
internal sealed record QueryStatus : IQmpCommand<StatusInfo>
{
    public static string Name => "query-status";
}
