namespace Nines.Control.Store;

/// <summary>Which record of a table.</summary>
internal readonly record struct ResourceKey(string AccountId, string Id)
{
    public static ResourceKey Of(IResource resource) => new(resource.AccountId, resource.Id);

    public override string ToString() => $"{AccountId}/{Id}";
}
