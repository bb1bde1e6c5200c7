namespace Nines.Control.Store;

/// <summary>A record was to be added under an id that is taken.</summary>
internal sealed class RecordExistsException(string table, ResourceKey key) : Exception($"There is already a {table} {key}.")
{
    public string Table { get; } = table;

    public ResourceKey Key { get; } = key;
}
