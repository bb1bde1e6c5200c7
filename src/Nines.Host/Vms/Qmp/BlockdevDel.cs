namespace Nines.Host.Vms.Qmp;

/// <summary><c>blockdev-del</c>: closes what no device has any more.</summary>
/// <param name="NodeName">The block node.</param>
internal sealed record BlockdevDel(string NodeName) : IQmpCommand<QmpNothing>
{
    public static string Name => "blockdev-del";
}
