namespace Nines.Control.Admin;

/// <summary>Empties one part of the cloud, so that the account is as new. Each part that keeps something has one.</summary>
internal interface IResetter
{
    /// <summary>What is emptied, for the log.</summary>
    string Name { get; }

    /// <summary>Parts are emptied in ascending order: what makes things stops before what holds them is emptied, and what a new account has is made last.</summary>
    int Order { get; }

    /// <summary>Empties it. Returns when a client may go on.</summary>
    Task ResetAsync(string accountId, CancellationToken cancellationToken);
}
