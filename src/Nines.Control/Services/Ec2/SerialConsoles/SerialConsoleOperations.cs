using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.SerialConsoles;

/// <summary>Opens and closes the serial consoles of an account's instances.</summary>
internal sealed class SerialConsoleOperations(Cloud cloud) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.EnableSerialConsoleAccess, EnableAsync, answersDryRun: true);
        table.On(Ec2Api.DisableSerialConsoleAccess, DisableAsync, answersDryRun: true);
        table.On(Ec2Api.GetSerialConsoleAccessStatus, GetAsync);
    }

    private async ValueTask<EnableSerialConsoleAccessResult> EnableAsync(EnableSerialConsoleAccessRequest input, Call call, CancellationToken cancellationToken) =>
        new() { SerialConsoleAccessEnabled = await SetAsync(call, true, cancellationToken) };

    private async ValueTask<DisableSerialConsoleAccessResult> DisableAsync(DisableSerialConsoleAccessRequest input, Call call, CancellationToken cancellationToken) =>
        new() { SerialConsoleAccessEnabled = await SetAsync(call, false, cancellationToken) };

    private ValueTask<GetSerialConsoleAccessStatusResult> GetAsync(GetSerialConsoleAccessStatusRequest input, Call call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GetSerialConsoleAccessStatusResult { SerialConsoleAccessEnabled = SerialConsoleAccess.Of(cloud, call.AccountId) });

    private Task<bool> SetAsync(Call call, bool isEnabled, CancellationToken cancellationToken) => cloud.WriteAsync(
        call,
        transaction =>
        {
            call.AnswerDryRun();
            transaction.Put(SerialConsoleAccess.Table, new SerialConsoleAccess { AccountId = call.AccountId, IsEnabled = isEnabled });
            return isEnabled;
        },
        cancellationToken);
}
