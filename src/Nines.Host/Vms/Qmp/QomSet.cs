namespace Nines.Host.Vms.Qmp;

/// <summary><c>qom-set</c>: sets a property of an object of the hypervisor, where that is text.</summary>
/// <param name="Path">The object.</param>
/// <param name="Property">The property.</param>
/// <param name="Value">What it becomes.</param>
internal sealed record QomSet(string Path, string Property, string Value) : IQmpCommand<QmpNothing>
{
    public static string Name => "qom-set";
}
