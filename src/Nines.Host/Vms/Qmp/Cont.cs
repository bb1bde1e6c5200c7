namespace Nines.Host.Vms.Qmp;

/// <summary><c>cont</c>: lets the processors run (on).</summary>
internal sealed record Cont : IQmpCommand<QmpNothing>
{
    public static string Name => "cont";
}
