namespace Nines.Host.Vms.Qmp;

/// <summary><c>stop</c>: lets the processors stand still.</summary>
internal sealed record Stop : IQmpCommand<QmpNothing>
{
    public static string Name => "stop";
}
