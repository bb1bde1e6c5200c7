using System.Collections.Immutable;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>migrate-set-capabilities</c>: how the next migration is done.</summary>
/// <param name="Capabilities">What to switch on or off.</param>
internal sealed record MigrateSetCapabilities(ImmutableArray<MigrationCapability> Capabilities) : IQmpCommand<QmpNothing>
{
    public static string Name => "migrate-set-capabilities";
}
