using Nines.Control.Store;

namespace Nines.Control.Identity;

/// <summary>The tables of accounts and keys, for whoever opens the store.</summary>
internal static class IdentityTables
{
    public static IReadOnlyList<TableDefinition> All { get; } = [Account.Table, AccessKey.Table];
}
