namespace Nines.Host.Vms.Qmp;

/// <summary><c>query-migrate</c>: how the migration stands.</summary>
internal sealed record QueryMigrate : IQmpCommand<MigrationInfo>
{
    public static string Name => "query-migrate";
}
