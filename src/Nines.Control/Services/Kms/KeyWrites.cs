using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Store;

namespace Nines.Control.Services.Kms;

/// <summary>Changes a key of the caller's.</summary>
internal sealed class KeyWrites(Cloud cloud, KmsKeys keys)
{
    /// <summary>The key as it became.</summary>
    /// <param name="call">The call.</param>
    /// <param name="action">The operation, for the error of who may not call it.</param>
    /// <param name="keyId">The key as it was asked for, by id or full name.</param>
    /// <param name="change">What becomes of it; throws to change nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Nines.Wire.AwsException"><c>NotFoundException</c>, <c>AccessDeniedException</c> for the cloud's own keys.</exception>
    public Task<KmsKey> ChangeAsync(Call call, string action, string? keyId, Func<KmsKey, KmsKey> change, CancellationToken cancellationToken) => cloud.WriteAsync(
        call,
        transaction =>
        {
            var key = keys.Find(transaction, call.AccountId, keyId);
            if (key.IsManaged)
            {
                throw KmsErrors.Managed(call.Caller.Arn, action, keys.ArnOf(key));
            }

            var next = change(key);
            if (next != key)
            {
                transaction.Put(KmsKey.Table, next);
            }

            return next;
        },
        cancellationToken);
}
