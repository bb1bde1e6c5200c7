namespace Nines.Host.Vms.Qmp;

/// <summary><c>set_link</c>: plugs a network cable in or out.</summary>
/// <param name="Device">The adapter or its backend.</param>
/// <param name="Up">Whether it is in.</param>
internal sealed record SetLink(
    [property: System.Text.Json.Serialization.JsonPropertyName("name")] string Device, bool Up) : IQmpCommand<QmpNothing>
{
    public static string Name => "set_link";
}
