using System.Collections.Immutable;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>query-jobs</c>: what is being done in the background, and what is over and not forgotten.</summary>
internal sealed record QueryJobs : IQmpCommand<ImmutableArray<JobInfo>>
{
    public static string Name => "query-jobs";
}
