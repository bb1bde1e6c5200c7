using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.InstanceTypes;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Answers whether burstable instances may go on above their baseline when their CPU credits are used up.</summary>
internal sealed class InstanceCredits(Cloud cloud, InstanceMapping mapping)
{
    /// <summary>
    /// The option of the instances that are named; where none is, of all burstable ones whose option is <c>unlimited</c>
    /// (EC2 API Reference: DescribeInstanceCreditSpecifications).
    /// </summary>
    public ValueTask<DescribeInstanceCreditSpecificationsResult> DescribeAsync(
        DescribeInstanceCreditSpecificationsRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.InstanceIds, "instancesSet");
        var ids = ResourceId.ParseAll<InstanceId>(input.InstanceIds);
        var scope = new PageScope("DescribeInstanceCreditSpecifications", call.AccountId, input.Filters);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, scope);
        var matches = InstanceFilters.Credits.Compile(input.Filters);
        var instances = ids.Count > 0
            ? InstanceLookup.FindAll(cloud, call.AccountId, ids).Select(RequireBurstable).OrderBy(instance => instance.Id, StringComparer.Ordinal)
            : cloud.List(Instance.Table, call.AccountId, page.AfterKey).Where(instance => IsBurstable(instance) && CreditOptions.Of(instance) == CreditOptions.Unlimited);
        call.AnswerDryRun();
        var (items, next) = page.Take(instances.Where(instance => matches(new InstanceRow(instance, mapping))), instance => instance.Id);
        return ValueTask.FromResult(new DescribeInstanceCreditSpecificationsResult
        {
            InstanceCreditSpecifications = [.. items.Select(instance => new InstanceCreditSpecification { InstanceId = instance.Id, CpuCredits = CreditOptions.Of(instance) })],
            NextToken = next,
        });
    }

    private static bool IsBurstable(Instance instance) => InstanceTypeCatalog.Require(instance.InstanceType).IsBurstable;

    private static Instance RequireBurstable(Instance instance) => IsBurstable(instance)
        ? instance
        : throw Ec2Errors.InvalidParameterValue($"The instance '{instance.Id}' of the type '{instance.InstanceType}' is not a burstable performance instance.");
}
