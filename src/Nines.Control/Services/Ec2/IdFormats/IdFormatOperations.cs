using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;

namespace Nines.Control.Services.Ec2.IdFormats;

/// <summary>The length of ids. It could be chosen while AWS went over to long ones; every deadline for that has passed, and all ids are long.</summary>
internal sealed class IdFormatOperations : IOperations
{
    private static readonly string[] s_resources =
    [
        "bundle", "conversion-task", "customer-gateway", "dhcp-options", "elastic-ip-allocation", "elastic-ip-association", "export-task", "flow-log", "image",
        "import-task", "instance", "internet-gateway", "network-acl", "network-acl-association", "network-interface", "network-interface-attachment", "prefix-list",
        "reservation", "route-table", "route-table-association", "security-group", "snapshot", "subnet", "subnet-cidr-block-association", "volume", "vpc",
        "vpc-cidr-block-association", "vpc-endpoint", "vpc-peering-connection", "vpn-connection", "vpn-gateway",
    ];

    private static readonly PageLimits s_pages = new(1, 1000);

    /// <inheritdoc/>
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeIdFormat, (input, _, _) => ValueTask.FromResult(new DescribeIdFormatResult { Statuses = Select(input.Resource) }));
        table.On(Ec2Api.DescribeIdentityIdFormat, (input, call, _) =>
        {
            CheckPrincipal(input.PrincipalArn, call);
            return ValueTask.FromResult(new DescribeIdentityIdFormatResult { Statuses = Select(input.Resource) });
        });
        table.On(Ec2Api.DescribeAggregateIdFormat, (_, _, _) =>
            ValueTask.FromResult(new DescribeAggregateIdFormatResult { UseLongIdsAggregated = true, Statuses = Select(null) }));
        table.On(Ec2Api.DescribePrincipalIdFormat, DescribePrincipalsAsync);
        table.On(Ec2Api.ModifyIdFormat, (input, _, _) =>
        {
            CheckChange(input.Resource, input.UseLongIds);
            return ValueTask.FromResult(new ModifyIdFormatResult());
        });
        table.On(Ec2Api.ModifyIdentityIdFormat, (input, call, _) =>
        {
            CheckPrincipal(input.PrincipalArn, call);
            CheckChange(input.Resource, input.UseLongIds);
            return ValueTask.FromResult(new ModifyIdentityIdFormatResult());
        });
    }

    private static ValueTask<DescribePrincipalIdFormatResult> DescribePrincipalsAsync(DescribePrincipalIdFormatRequest input, Call call, CancellationToken cancellationToken)
    {
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribePrincipalIdFormat", call.AccountId, null, [.. input.Resources ?? []]));
        IReadOnlyList<IdFormat> statuses = input.Resources is { Count: > 0 } resources ? [.. resources.SelectMany(Select)] : Select(null);
        var (items, next) = page.Take([new PrincipalIdFormat { Arn = RootOf(call), Statuses = statuses }], principal => principal.Arn!);
        return new(new DescribePrincipalIdFormatResult { Principals = items, NextToken = next });
    }

    private static IReadOnlyList<IdFormat> Select(string? resource) =>
        [.. (resource is null ? s_resources : [CheckResource(resource)]).Select(name => new IdFormat { Resource = name, UseLongIds = true })];

    private static string CheckResource(string resource) => s_resources.Contains(resource) ? resource : throw Ec2Errors.InvalidValue("resource", resource);

    private static void CheckChange(string? resource, bool? useLongIds)
    {
        _ = resource switch
        {
            null => throw Ec2Errors.MissingParameter("Resource"),
            "all-current" => resource,
            _ => CheckResource(resource),
        };
        if (useLongIds is null)
        {
            throw Ec2Errors.MissingParameter("UseLongIds");
        }

        if (useLongIds == false)
        {
            throw Ec2Errors.InvalidValue("useLongIds", "false", "All resources have long ids; the deadlines for short ones have passed.");
        }
    }

    /// <summary>Every principal of the account is its root: there are no users or roles yet.</summary>
    private static void CheckPrincipal(string? arn, Call call)
    {
        if (arn is not "all" && arn != RootOf(call) && arn != call.Caller.Arn)
        {
            throw arn is null ? Ec2Errors.MissingParameter("PrincipalArn") : Ec2Errors.InvalidValue("principalArn", arn);
        }
    }

    private static string RootOf(Call call) => $"arn:aws:iam::{call.AccountId}:root";
}
