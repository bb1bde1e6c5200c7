using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.DhcpOptionSets;

/// <summary>What a client may ask of sets of DHCP options.</summary>
internal sealed class DhcpOptionsOperations(Cloud cloud, IIdSource ids) : IOperations
{
    /// <summary>The filters of DescribeDhcpOptions.</summary>
    internal static readonly FilterSet<DhcpOptions> Filters = new FilterSet<DhcpOptions>()
        .Add("dhcp-options-id", set => set.Id)
        .AddMany("key", set => set.Options.Keys)
        .AddMany("value", set => set.Options.Values.SelectMany(values => values))
        .Add("owner-id", set => set.AccountId)
        .AddTags(set => set.Tags);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateDhcpOptions, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteDhcpOptions, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.AssociateDhcpOptions, AssociateAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeDhcpOptions, DescribeAsync);
    }

    private async ValueTask<CreateDhcpOptionsResult> CreateAsync(CreateDhcpOptionsRequest input, Call call, CancellationToken cancellationToken)
    {
        var options = DhcpOptionsParser.Parse(input.DhcpConfigurations);
        var tags = TagRules.Parse(input.TagSpecifications, "dhcp-options").For("dhcp-options");
        var set = new DhcpOptions { AccountId = call.AccountId, Id = ids.Next("dopt"), Options = options, Tags = tags };
        call.AnswerDryRun();
        await cloud.WriteAsync(call, transaction => transaction.Insert(DhcpOptions.Table, set), cancellationToken);
        return new CreateDhcpOptionsResult { DhcpOptions = Describe(set) };
    }

    private async ValueTask<DeleteDhcpOptionsResult> DeleteAsync(DeleteDhcpOptionsRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var set = Require(transaction, call.AccountId, input.DhcpOptionsId);
                if (transaction.List(Vpc.Table, call.AccountId).Any(vpc => vpc.DhcpOptionsId == set.Id))
                {
                    throw Ec2Errors.DependencyViolation($"The dhcpOptions '{set.Id}' has dependencies and cannot be deleted.");
                }

                call.AnswerDryRun();
                transaction.Delete(DhcpOptions.Table, set);
            },
            cancellationToken);
        return new DeleteDhcpOptionsResult();
    }

    private async ValueTask<AssociateDhcpOptionsResult> AssociateAsync(AssociateDhcpOptionsRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var vpc = VpcLookup.Require(transaction, call.AccountId, input.VpcId);
                if (input.DhcpOptionsId != DhcpOptions.None)
                {
                    // Whoever deletes the set at the same time must meet this.
                    transaction.Put(DhcpOptions.Table, Require(transaction, call.AccountId, input.DhcpOptionsId));
                }

                call.AnswerDryRun();
                transaction.Put(Vpc.Table, vpc with { DhcpOptionsId = input.DhcpOptionsId! });
            },
            cancellationToken);
        return new AssociateDhcpOptionsResult();
    }

    private ValueTask<DescribeDhcpOptionsResult> DescribeAsync(DescribeDhcpOptionsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeDhcpOptions", call.AccountId, input.Filters));
        var sets = Lookup.Select<DhcpOptions, DhcpOptionsId>(cloud, DhcpOptions.Table, call.AccountId, input.DhcpOptionsIds, page.AfterKey);
        var (items, next) = page.Take(sets.Where(matches), set => set.Id);
        return new(new DescribeDhcpOptionsResult { DhcpOptions = [.. items.Select(Describe)], NextToken = next });
    }

    private static DhcpOptions Require(CloudTransaction transaction, string accountId, string? id) =>
        transaction.Find(DhcpOptions.Table, accountId, ResourceId.Parse<DhcpOptionsId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.DhcpOptions, id!);

    private static Api.Ec2.DhcpOptions Describe(DhcpOptions set) => new()
    {
        DhcpOptionsId = set.Id,
        OwnerId = set.AccountId,
        DhcpConfigurations =
        [
            .. set.Options.Select(option => new DhcpConfiguration { Key = option.Key, Values = [.. option.Value.Select(value => new AttributeValue { Value = value })] }),
        ],
        Tags = set.Tags.ToApiOrNull(),
    };
}
