namespace Nines.Host.Vms.Qmp;

/// <summary><c>object-add</c> of a secret. It comes over the monitor's socket and stays in the hypervisor's memory.</summary>
/// <param name="Id">What it will be called.</param>
/// <param name="Data">The secret itself.</param>
internal sealed record SecretAdd(string Id, string Data) : IQmpCommand<QmpNothing>
{
    public static string Name => "object-add";

    /// <summary>The only kind of object that is added here.</summary>
    public string QomType { get; } = "secret";

    /// <summary>Its name alone: what is printed comes into logs.</summary>
    public override string ToString() => Id;
}
