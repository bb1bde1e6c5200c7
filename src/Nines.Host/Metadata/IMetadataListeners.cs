namespace Nines.Host.Metadata;

/// <summary>Where the metadata service listens: at its one address inside every network's namespace.</summary>
internal interface IMetadataListeners : IAsyncDisposable
{
    /// <summary>Listens inside a network's namespace, unless it does already.</summary>
    Task OpenAsync(string vpcId, string namespacePath, CancellationToken cancellationToken);

    /// <summary>Stops listening there; the namespace cannot go before.</summary>
    Task CloseAsync(string vpcId, CancellationToken cancellationToken);
}
