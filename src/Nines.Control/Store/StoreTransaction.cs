namespace Nines.Control.Store;

/// <summary>All or nothing: the mutations apply when every condition holds.</summary>
internal sealed record StoreTransaction(IReadOnlyList<StoreCondition> Conditions, IReadOnlyList<StoreMutation> Mutations);
