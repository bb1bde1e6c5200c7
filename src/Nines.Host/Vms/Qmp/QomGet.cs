namespace Nines.Host.Vms.Qmp;

/// <summary><c>qom-get</c>: a property of an object of the hypervisor, where that is text.</summary>
/// <param name="Path">The object.</param>
/// <param name="Property">The property.</param>
internal sealed record QomGet(string Path, string Property) : IQmpCommand<string>
{
    public static string Name => "qom-get";
}
