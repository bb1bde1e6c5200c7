using Nines.Control.Admin;
using Nines.Control.Store;

namespace Nines.Control.Services.Kms;

/// <summary>Removes an account's keys and their names at once: nothing that they encrypted is left in it.</summary>
internal sealed class KeyResetter : IResetter
{
    public string Name => "keys";

    public int Order => 150;

    public Func<CancellationToken, Task>? Reset(CloudTransaction transaction, string accountId)
    {
        transaction.DeleteAll(KmsAlias.Table, accountId);
        transaction.DeleteAll(KmsKey.Table, accountId);
        return null;
    }
}
