using Nines.Control.Admin;
using Nines.Control.Store;

namespace Nines.Control.Services.Ssm.Parameters;

/// <summary>Removes an account's parameters.</summary>
internal sealed class ParameterResetter : IResetter
{
    public string Name => "parameters";

    public int Order => 150;

    public Func<CancellationToken, Task>? Reset(CloudTransaction transaction, string accountId)
    {
        transaction.DeleteAll(Parameter.Table, accountId);
        return null;
    }
}
