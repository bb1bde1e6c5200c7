using System.Collections.Immutable;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>qom-list</c>: what an object of the hypervisor has.</summary>
/// <param name="Path">The object.</param>
internal sealed record QomList(string Path) : IQmpCommand<ImmutableArray<QomProperty>>
{
    /// <summary>Every device that has a name.</summary>
    public const string Peripherals = "/machine/peripheral";

    /// <summary>Every object that is no device, secrets among them.</summary>
    public const string Objects = "/objects";

    public static string Name => "qom-list";
}
