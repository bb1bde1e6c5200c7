namespace Nines.Host.Vms.Qmp;

/// <summary><c>migrate</c>: sends the machine's state; the processors should stand still if none of it may change meanwhile.</summary>
/// <param name="Uri">Where to, such as <c>unix:/path</c>.</param>
internal sealed record Migrate(string Uri) : IQmpCommand<QmpNothing>
{
    public static string Name => "migrate";
}
