using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.SerialConsoles;

/// <summary>
/// Whether the serial consoles of an account's instances can be opened (EC2 User Guide: Configure access to the EC2 Serial Console). Unlike in AWS they can from the
/// beginning: <c>nines console</c> is for the account's root alone.
/// </summary>
internal sealed record SerialConsoleAccess : IResource
{
    /// <summary>What accounts have said.</summary>
    public static readonly TableDefinition<SerialConsoleAccess> Table = new("serial-console-access", Ec2JsonContext.Default.SerialConsoleAccess);

    /// <summary>The one record of an account that has said something.</summary>
    public const string TheOne = "serial-console-access";

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public string Id { get; init; } = TheOne;

    /// <summary>Whether they can be opened.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Whether an account's can be opened.</summary>
    public static bool Of(Cloud cloud, string accountId) => cloud.Find(Table, accountId, TheOne)?.IsEnabled ?? true;
}
