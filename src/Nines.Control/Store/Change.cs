namespace Nines.Control.Store;

/// <summary>A record was written or removed.</summary>
internal abstract record Change(ResourceKey Key, long Revision);

/// <inheritdoc cref="Change"/>
/// <param name="Key">Which record.</param>
/// <param name="Before">Null: it is new.</param>
/// <param name="After">Null: it was removed.</param>
/// <param name="Revision">The revision that did it.</param>
internal sealed record Change<T>(ResourceKey Key, T? Before, T? After, long Revision) : Change(Key, Revision) where T : class, IResource;
