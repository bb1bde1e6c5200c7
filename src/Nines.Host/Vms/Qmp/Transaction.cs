using System.Collections.Immutable;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>transaction</c>: puts disks over others, all at one moment or none. No write is under way then, so what one disk has got before another is kept before it.</summary>
/// <param name="Actions">What to do.</param>
internal sealed record Transaction(ImmutableArray<TransactionAction> Actions) : IQmpCommand<QmpNothing>
{
    public static string Name => "transaction";
}
