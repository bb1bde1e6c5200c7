using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.VpcPeerings;

/// <summary>What a client may ask of peerings.</summary>
internal sealed class VpcPeeringOperations(Cloud cloud, VpcPeeringDescriptions descriptions) : IOperations
{
    private readonly FilterSet<(VpcPeering Peering, VpcPeeringState State)> _filters = Filters(descriptions);

    public void Map(OperationTable table) => table.On(Ec2Api.DescribeVpcPeeringConnections, DescribeAsync);

    /// <summary>The filters of DescribeVpcPeeringConnections.</summary>
    internal static FilterSet<(VpcPeering Peering, VpcPeeringState State)> Filters(VpcPeeringDescriptions descriptions) => new FilterSet<(VpcPeering Peering, VpcPeeringState State)>()
        .Add("accepter-vpc-info.cidr-block", view => descriptions.BlockOf(view.Peering.AccepterAccountId, view.Peering.AccepterVpcId))
        .Add("accepter-vpc-info.owner-id", view => view.Peering.AccepterAccountId)
        .Add("accepter-vpc-info.vpc-id", view => view.Peering.AccepterVpcId)
        .Add("expiration-time", view => view.Peering.ExpirationTime.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture))
        .Add("requester-vpc-info.cidr-block", view => descriptions.BlockOf(view.Peering.AccountId, view.Peering.VpcId))
        .Add("requester-vpc-info.owner-id", view => view.Peering.AccountId)
        .Add("requester-vpc-info.vpc-id", view => view.Peering.VpcId)
        .Add("status-code", view => VpcPeeringDescriptions.Name(view.State))
        .Add("status-message", view => VpcPeeringDescriptions.Message(view.Peering, view.State))
        .Add("vpc-peering-connection-id", view => view.Peering.Id)
        .AddTags(view => view.Peering.Tags);

    private ValueTask<DescribeVpcPeeringConnectionsResult> DescribeAsync(DescribeVpcPeeringConnectionsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = _filters.Compile(input.Filters);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeVpcPeeringConnections", call.AccountId, input.Filters));
        var (items, next) = page.Take(
            Select(call, input.VpcPeeringConnectionIds).Select(peering => (Peering: peering, State: peering.StateAt(call.Now))).Where(view => matches(view)),
            view => view.Peering.Id);
        return new(new DescribeVpcPeeringConnectionsResult
        {
            VpcPeeringConnections = [.. items.Select(view => descriptions.Describe(view.Peering, call.AccountId, call.Now))],
            NextToken = next,
        });
    }

    private IEnumerable<VpcPeering> Select(Call call, IReadOnlyList<string>? ids)
    {
        var visible = cloud.List(VpcPeering.Table, call.AccountId).Union(cloud.By(VpcPeering.ByAccepter, call.AccountId))
            .Where(peering => !peering.IsForgottenAt(call.Now)).ToDictionary(peering => peering.Id, StringComparer.Ordinal);
        if (ids is null or [])
        {
            return visible.Values.OrderBy(peering => peering.Id, StringComparer.Ordinal);
        }

        var named = ResourceId.ParseAll<VpcPeeringId>(ids);
        var missing = named.Where(id => !visible.ContainsKey(id.Value)).Select(id => id.Value).ToArray();
        return missing.Length == 0
            ? named.Select(id => visible[id.Value]).OrderBy(peering => peering.Id, StringComparer.Ordinal)
            : throw Ec2Errors.NotFound(ResourceKind.VpcPeering, missing);
    }
}
