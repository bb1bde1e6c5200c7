namespace Nines.Control.Store;

/// <summary>A stored record: immutable, replaced whole.</summary>
internal interface IResource
{
    /// <summary>The account that owns it; twelve digits. Never changes.</summary>
    string AccountId { get; }

    /// <summary>Unique within its table and account. Never changes.</summary>
    string Id { get; }
}
