namespace Nines.Host.Vms.Qmp;

/// <summary><c>migrate-incoming</c>: listens for a machine's state; only with <c>-incoming defer</c>.</summary>
/// <param name="Uri">Where, such as <c>unix:/path</c>.</param>
internal sealed record MigrateIncoming(string Uri) : IQmpCommand<QmpNothing>
{
    public static string Name => "migrate-incoming";
}
