using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Services.Ec2.Credits;

/// <summary>What a client may change of CPU credits: whether an instance stops at them, and what a family's instances get by default.</summary>
internal sealed class CreditOperations(Cloud cloud) : IOperations
{
    private static readonly string[] s_families = ["t2", "t3", "t3a"];

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.ModifyInstanceCreditSpecification, ModifyAsync, answersDryRun: true);
        table.On(Ec2Api.GetDefaultCreditSpecification, GetDefaultAsync);
        table.On(Ec2Api.ModifyDefaultCreditSpecification, ModifyDefaultAsync, answersDryRun: true);
    }

    /// <summary>Each instance for itself, as EC2 does: those that cannot be changed are told with the reason.</summary>
    private async ValueTask<ModifyInstanceCreditSpecificationResult> ModifyAsync(
        ModifyInstanceCreditSpecificationRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.InstanceCreditSpecifications is not { Count: > 0 } asked)
        {
            throw Ec2Errors.MissingParameter("InstanceCreditSpecification");
        }

        _ = ClientTokens.ClientToken.Parse(input.ClientToken);
        var options = asked.Select(item => (Id: item.InstanceId ?? throw Ec2Errors.MissingParameter("InstanceId"), Option: CreditOptions.Parse(item.CpuCredits))).ToList();
        var errors = await cloud.WriteAsync(
            call,
            transaction =>
            {
                call.AnswerDryRun();
                return options.ToDictionary(item => item.Id, item => Change(transaction, call.AccountId, item.Id, item.Option));
            },
            cancellationToken);
        return new ModifyInstanceCreditSpecificationResult
        {
            SuccessfulInstanceCreditSpecifications = [.. errors.Where(item => item.Value is null).Select(item => new SuccessfulInstanceCreditSpecificationItem { InstanceId = item.Key })],
            UnsuccessfulInstanceCreditSpecifications =
                [.. errors.Where(item => item.Value is not null).Select(item => new UnsuccessfulInstanceCreditSpecificationItem { InstanceId = item.Key, Error = item.Value })],
        };
    }

    private static UnsuccessfulInstanceCreditSpecificationItemError? Change(CloudTransaction transaction, string accountId, string id, string option)
    {
        if (!ResourceId.IsWellFormed(ResourceKind.Instance, id))
        {
            return Refusal(UnsuccessfulInstanceCreditSpecificationErrorCode.InvalidInstanceIDMalformed, $"Invalid id: \"{id}\"");
        }

        if (transaction.Find(Instance.Table, accountId, id) is not { } instance)
        {
            return Refusal(UnsuccessfulInstanceCreditSpecificationErrorCode.InvalidInstanceIDNotFound, $"The instance ID '{id}' does not exist");
        }

        if (instance.State is not (InstanceState.Running or InstanceState.Stopped))
        {
            return Refusal(UnsuccessfulInstanceCreditSpecificationErrorCode.IncorrectInstanceState, $"The instance '{id}' is not in the 'running' or 'stopped' state.");
        }

        if (CreditRate.Of(instance.InstanceType) is null)
        {
            return Refusal(
                UnsuccessfulInstanceCreditSpecificationErrorCode.InstanceCreditSpecificationNotSupported,
                $"The instance '{id}' of the type '{instance.InstanceType}' is not a burstable performance instance.");
        }

        // One without limits bursts at once; one that gets a limit goes on until its host is looked at.
        transaction.Put(Instance.Table, instance with { CpuCredits = option, CpuThrottled = option == CreditOptions.Standard && instance.CpuThrottled });
        return null;
    }

    private ValueTask<GetDefaultCreditSpecificationResult> GetDefaultAsync(GetDefaultCreditSpecificationRequest input, Call call, CancellationToken cancellationToken)
    {
        var family = CheckFamily(input.InstanceFamily);
        var option = cloud.Find(DefaultCredit.Table, call.AccountId, family)?.CpuCredits ?? CreditOptions.OfFamily(family);
        return new(new GetDefaultCreditSpecificationResult { InstanceFamilyCreditSpecification = new() { InstanceFamily = family, CpuCredits = option } });
    }

    private async ValueTask<ModifyDefaultCreditSpecificationResult> ModifyDefaultAsync(
        ModifyDefaultCreditSpecificationRequest input, Call call, CancellationToken cancellationToken)
    {
        var family = CheckFamily(input.InstanceFamily);
        var option = CreditOptions.Parse(input.CpuCredits);
        call.AnswerDryRun();
        await cloud.WriteAsync(call, transaction => transaction.Put(DefaultCredit.Table, new DefaultCredit(call.AccountId, family, option)), cancellationToken);
        return new ModifyDefaultCreditSpecificationResult { InstanceFamilyCreditSpecification = new() { InstanceFamily = family, CpuCredits = option } };
    }

    private static string CheckFamily(string? family) => s_families.Contains(family)
        ? family!
        : throw Ec2Errors.InvalidValue("instanceFamily", family, $"Valid values are {string.Join(", ", s_families)}.");

    private static UnsuccessfulInstanceCreditSpecificationItemError Refusal(string code, string message) => new() { Code = code, Message = message };
}
