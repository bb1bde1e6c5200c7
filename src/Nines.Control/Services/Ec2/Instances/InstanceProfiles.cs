using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Gives instances that are launched already the name of an instance profile, which their metadata service tells, and takes it back.</summary>
internal sealed class InstanceProfiles(Cloud cloud, IIdSource ids) : IOperations
{
    private const string Prefix = "iip-assoc";

    /// <summary>The filters of DescribeIamInstanceProfileAssociations.</summary>
    internal static readonly FilterSet<Instance> Filters = new FilterSet<Instance>()
        .Add("instance-id", instance => instance.Id)
        .Add("state", _ => IamInstanceProfileAssociationState.Associated);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.AssociateIamInstanceProfile, AssociateAsync);
        table.On(Ec2Api.ReplaceIamInstanceProfileAssociation, ReplaceAsync);
        table.On(Ec2Api.DisassociateIamInstanceProfile, DisassociateAsync);
        table.On(Ec2Api.DescribeIamInstanceProfileAssociations, DescribeAsync);
    }

    private async ValueTask<AssociateIamInstanceProfileResult> AssociateAsync(AssociateIamInstanceProfileRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<InstanceId>(input.InstanceId ?? throw Ec2Errors.MissingParameter("InstanceId"));
        var arn = Demand(input.IamInstanceProfile, call);
        var changed = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, [id])[0];
                if (instance.State.IsEnding())
                {
                    throw InstanceErrors.NeitherRunningNorStopped(instance.Id);
                }

                return instance.ProfileAssociationId is null
                    ? Put(transaction, instance, arn, call.Now)
                    : throw Ec2Errors.IncorrectState($"There is an existing association for instance {instance.Id}");
            },
            cancellationToken);
        return new AssociateIamInstanceProfileResult { IamInstanceProfileAssociation = Describe(changed, IamInstanceProfileAssociationState.Associating) };
    }

    private async ValueTask<ReplaceIamInstanceProfileAssociationResult> ReplaceAsync(ReplaceIamInstanceProfileAssociationRequest input, Call call, CancellationToken cancellationToken)
    {
        var arn = Demand(input.IamInstanceProfile, call);
        var changed = await cloud.WriteAsync(call, transaction => Put(transaction, Find(transaction, input.AssociationId, call), arn, call.Now), cancellationToken);
        return new ReplaceIamInstanceProfileAssociationResult { IamInstanceProfileAssociation = Describe(changed, IamInstanceProfileAssociationState.Associating) };
    }

    private async ValueTask<DisassociateIamInstanceProfileResult> DisassociateAsync(DisassociateIamInstanceProfileRequest input, Call call, CancellationToken cancellationToken)
    {
        var before = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = Find(transaction, input.AssociationId, call);
                transaction.Put(Instance.Table, instance with { InstanceProfileArn = null, ProfileAssociation = null });
                return instance;
            },
            cancellationToken);
        return new DisassociateIamInstanceProfileResult { IamInstanceProfileAssociation = Describe(before, IamInstanceProfileAssociationState.Disassociating) };
    }

    private ValueTask<DescribeIamInstanceProfileAssociationsResult> DescribeAsync(DescribeIamInstanceProfileAssociationsRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.AssociationIds, "associationIds");
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeIamInstanceProfileAssociations", call.AccountId, input.Filters));
        var instances = input.AssociationIds is { Count: > 0 } named
            ? named.Distinct().Select(id => cloud.By(Instance.ByProfileAssociation, id).FirstOrDefault(instance => instance.AccountId == call.AccountId) ?? throw NotFound(id))
            : cloud.List(Instance.Table, call.AccountId).Where(instance => instance.ProfileAssociationId is not null);
        var (items, next) = page.Take(instances.Where(matches).OrderBy(instance => instance.ProfileAssociationId, StringComparer.Ordinal), instance => instance.ProfileAssociationId!);
        return new(new DescribeIamInstanceProfileAssociationsResult
        {
            IamInstanceProfileAssociations = [.. items.Select(instance => Describe(instance, IamInstanceProfileAssociationState.Associated))],
            NextToken = next,
        });
    }

    private Instance Put(CloudTransaction transaction, Instance instance, string arn, DateTimeOffset now)
    {
        var next = instance with { InstanceProfileArn = arn, ProfileAssociation = new InstanceProfileAssociation(ids.Next(Prefix), InstancePlan.WholeSecond(now)) };
        transaction.Put(Instance.Table, next);
        return next;
    }

    private static Instance Find(CloudTransaction transaction, string? associationId, Call call)
    {
        var id = associationId ?? throw Ec2Errors.MissingParameter("AssociationId");
        return transaction.By(Instance.ByProfileAssociation, id).FirstOrDefault(instance => instance.AccountId == call.AccountId) is { } known
            && transaction.Find(Instance.Table, call.AccountId, known.Id) is { } instance && instance.ProfileAssociationId == id
            ? instance
            : throw NotFound(id);
    }

    private static string Demand(IamInstanceProfileSpecification? profile, Call call) =>
        LaunchRequests.ParseProfile(profile, call.AccountId) ?? throw Ec2Errors.MissingParameter("IamInstanceProfile");

    private static AwsException NotFound(string id) => new("InvalidAssociationID.NotFound", $"An invalid association-id of '{id}' was given");

    private static IamInstanceProfileAssociation Describe(Instance instance, string state) => new()
    {
        AssociationId = instance.ProfileAssociationId,
        InstanceId = instance.Id,
        IamInstanceProfile = InstanceMapping.ProfileOf(instance.InstanceProfileArn),
        State = state,
        Timestamp = instance.ProfileAssociation?.Since ?? instance.LaunchTime,
    };
}
