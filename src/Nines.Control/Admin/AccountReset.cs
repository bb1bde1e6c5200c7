using Microsoft.Extensions.Logging;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Admin;

/// <summary>
/// Makes an account as new. All parts are emptied, and what a new account has is made, in one transaction: it costs one
/// flush of the disk, and after a crash the account is as it was or as new, never in between.
/// </summary>
internal sealed class AccountReset(Cloud cloud, IEnumerable<IResetter> parts, ILogger<AccountReset> logger)
{
    /// <summary>Each round needs calls that come in within the milliseconds of a commit; clients that never pause are told so.</summary>
    private const int MaxRounds = 5;

    private readonly IReadOnlyList<IResetter> _parts = [.. parts.OrderBy(part => part.Order)];

    /// <summary>Returns when a client may go on.</summary>
    /// <exception cref="AwsException">Others went on making things all the while.</exception>
    public async Task RunAsync(Call call, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            await EmptyAsync(call, cancellationToken);
            if (!_parts.Any(part => part.HasStragglers(call.AccountId)))
            {
                return;
            }
        }

        throw new AwsException("OperationAbortedException", "Servers were launched while the account was emptied. Reset it again.");
    }

    private async Task EmptyAsync(Call call, CancellationToken cancellationToken)
    {
        var accountId = call.AccountId;
        foreach (var part in _parts)
        {
            await part.PrepareAsync(accountId, cancellationToken);
        }

        var waits = await cloud.WriteAsync(
            call,
            transaction => _parts.Select(part => part.Reset(transaction, accountId)).ToArray(),
            cancellationToken);
        foreach (var (part, wait) in _parts.Zip(waits))
        {
            await (wait?.Invoke(cancellationToken) ?? Task.CompletedTask);
            logger.PartReset(part.Name, accountId);
        }
    }
}
