namespace Nines.Host.Vms.Qmp;

/// <summary><c>migrate-set-parameters</c>: limits of the next migration.</summary>
/// <param name="MaxBandwidth">In bytes per second.</param>
internal sealed record MigrateSetParameters(long MaxBandwidth) : IQmpCommand<QmpNothing>
{
    public static string Name => "migrate-set-parameters";
}
