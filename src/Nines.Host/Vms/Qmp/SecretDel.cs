namespace Nines.Host.Vms.Qmp;

/// <summary><c>object-del</c>: forgets a secret.</summary>
/// <param name="Id">The secret.</param>
internal sealed record SecretDel(string Id) : IQmpCommand<QmpNothing>
{
    public static string Name => "object-del";
}
