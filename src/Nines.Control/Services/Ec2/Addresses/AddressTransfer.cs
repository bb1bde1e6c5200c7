using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Addresses;

/// <summary>That an account offers one of its elastic addresses to another one, or did. Its id is the allocation's.</summary>
internal sealed record AddressTransfer : IResource
{
    /// <summary>How long an offer can be accepted.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    /// <summary>How long one that was accepted is told.</summary>
    public static readonly TimeSpan AcceptedAfterlife = TimeSpan.FromDays(14);

    /// <summary>How long one that expired, or was withdrawn, is told.</summary>
    public static readonly TimeSpan Afterlife = TimeSpan.FromDays(3);

    /// <summary>All transfers, each in the account that offers.</summary>
    public static readonly TableDefinition<AddressTransfer> Table = new("address-transfers", Ec2JsonContext.Default.AddressTransfer);

    /// <summary>Those that an account was offered.</summary>
    public static readonly IndexDefinition<AddressTransfer> ByReceiver = Table.Index("receiver", transfer => transfer.TransferAccountId);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <summary>The allocation as the account that offers has it, <c>eipalloc-…</c>.</summary>
    public required string Id { get; init; }

    public required string PublicIp { get; init; }

    /// <summary>Who may accept it.</summary>
    public required string TransferAccountId { get; init; }

    /// <summary>Until when.</summary>
    public required DateTimeOffset ExpirationTime { get; init; }

    /// <summary>When it was accepted, or <see langword="null"/>.</summary>
    public DateTimeOffset? AcceptedTime { get; init; }

    /// <summary>When it was withdrawn, or <see langword="null"/>.</summary>
    public DateTimeOffset? DisabledTime { get; init; }

    /// <summary>Whether it can be accepted.</summary>
    public bool IsOpenAt(DateTimeOffset now) => AcceptedTime is null && DisabledTime is null && now < ExpirationTime;

    /// <summary>Whether nobody is told of it any more.</summary>
    public bool IsForgottenAt(DateTimeOffset now) => AcceptedTime is { } accepted
        ? now >= accepted + AcceptedAfterlife
        : now >= (DisabledTime ?? ExpirationTime) + Afterlife;
}
