namespace Nines.Host.Vms.Qmp;

/// <summary><c>getfd</c>: takes an open file that is sent along, under a name, until another command uses it.</summary>
/// <param name="Fdname">What it will be called.</param>
internal sealed record GetFd(string Fdname) : IQmpCommand<QmpNothing>
{
    public static string Name => "getfd";
}
