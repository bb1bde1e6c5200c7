namespace Nines.Host.Vms.Qmp;

/// <summary>A property of an object of the hypervisor, which may be another object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it is: of another object <c>child&lt;…&gt;</c>, with the object's type.</param>
internal sealed record QomProperty(string Name, string Type);
