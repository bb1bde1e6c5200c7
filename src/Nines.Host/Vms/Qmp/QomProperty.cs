namespace Nines.Host.Vms.Qmp;

/// <summary>A property of an object of the hypervisor, which may be another object.</summary>
/// <param name="Name">Its name.</param>
internal sealed record QomProperty(string Name);
