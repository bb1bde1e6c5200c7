namespace Nines.Host.Vms.Qmp;

/// <summary><c>qmp_capabilities</c>: ends the negotiation that every connection begins with.</summary>
internal sealed record QmpCapabilities : IQmpCommand<QmpNothing>
{
    public static string Name => "qmp_capabilities";
}
