using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;
using Nines.Wire;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;

namespace Nines.Control.Services.Ec2.SubnetCidrReservations;

/// <summary>What a client may ask of reservations of subnets' addresses.</summary>
internal sealed class SubnetCidrReservationOperations(Cloud cloud, IIdSource ids) : IOperations
{
    private const int MaxDescription = 255;

    /// <summary>The smallest block of prefixes: what one interface gets.</summary>
    private const int LongestPrefix = 28;

    /// <summary>The filters of GetSubnetCidrReservations.</summary>
    internal static readonly FilterSet<SubnetCidrReservation> Filters = new FilterSet<SubnetCidrReservation>()
        .Add("reservationType", reservation => reservation.ReservationType)
        .Add("subnet-id", reservation => reservation.SubnetId)
        .AddTags(reservation => reservation.Tags);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateSubnetCidrReservation, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteSubnetCidrReservation, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.GetSubnetCidrReservations, GetAsync);
    }

    private async ValueTask<CreateSubnetCidrReservationResult> CreateAsync(CreateSubnetCidrReservationRequest input, Call call, CancellationToken cancellationToken)
    {
        var subnetId = ResourceId.Parse<SubnetId>(input.SubnetId).Value;
        if (input.Cidr?.Contains(':', StringComparison.Ordinal) == true)
        {
            throw Ec2Errors.NoIpv6();
        }

        var block = VpcCidrRules.ParseBlock(input.Cidr, "cidr");
        var type = input.ReservationType switch
        {
            null => throw Ec2Errors.MissingParameter("reservationType"),
            SubnetCidrReservation.Explicit or SubnetCidrReservation.Prefix => input.ReservationType,
            var other => throw Ec2Errors.InvalidValue("reservationType", other, "Valid values are explicit and prefix."),
        };
        if (type == SubnetCidrReservation.Prefix && block.PrefixLength > LongestPrefix)
        {
            throw Ec2Errors.InvalidValue("cidr", block.ToString(), $"A reservation of prefixes is a /{LongestPrefix} or larger.");
        }

        if (input.Description?.Length > MaxDescription)
        {
            throw Ec2Errors.InvalidValue("description", input.Description, $"It must have at most {MaxDescription} characters.");
        }

        var tags = TagRules.Parse(input.TagSpecifications, SubnetCidrReservation.ResourceType).For(SubnetCidrReservation.ResourceType);
        var made = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var subnet = Subnet.FindOpen(transaction, call.AccountId, subnetId);
                if (!subnet.Block.Contains(block.First) || !subnet.Block.Contains(block.Last))
                {
                    throw Ec2Errors.InvalidValue("cidr", block.ToString(), $"It is not in the subnet's block {subnet.CidrBlock}.");
                }

                if (transaction.By(SubnetCidrReservation.BySubnet, subnet.Id).FirstOrDefault(other => other.Block.Overlaps(block)) is { } present)
                {
                    throw Ec2Errors.InvalidValue("cidr", block.ToString(), $"It overlaps with {present.Cidr} of {present.Id}.");
                }

                call.AnswerDryRun();
                var reservation = new SubnetCidrReservation
                {
                    AccountId = call.AccountId,
                    Id = ids.Next("scr"),
                    SubnetId = subnet.Id,
                    Cidr = block.ToString(),
                    ReservationType = type,
                    Description = input.Description,
                    Tags = tags,
                };
                transaction.Insert(SubnetCidrReservation.Table, reservation);

                // Whoever deletes the subnet, or reserves some of its addresses, at the same time must meet this.
                transaction.Put(Subnet.Table, subnet);
                return reservation;
            },
            cancellationToken);
        return new CreateSubnetCidrReservationResult { SubnetCidrReservation = Describe(made) };
    }

    private async ValueTask<DeleteSubnetCidrReservationResult> DeleteAsync(DeleteSubnetCidrReservationRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<SubnetCidrReservationId>(input.SubnetCidrReservationId).Value;
        var deleted = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var reservation = transaction.Find(SubnetCidrReservation.Table, call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.SubnetCidrReservation, id);
                call.AnswerDryRun();
                transaction.Delete(SubnetCidrReservation.Table, reservation);
                return reservation;
            },
            cancellationToken);
        return new DeleteSubnetCidrReservationResult { DeletedSubnetCidrReservation = Describe(deleted) };
    }

    private ValueTask<GetSubnetCidrReservationsResult> GetAsync(GetSubnetCidrReservationsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var subnet = Lookup.Select<Subnet, SubnetId>(cloud, Subnet.Table, call.AccountId, [input.SubnetId ?? throw Ec2Errors.MissingParameter("subnetId")]).Single();
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("GetSubnetCidrReservations", call.AccountId, input.Filters, subnet.Id));
        var (items, next) = page.Take(
            cloud.By(SubnetCidrReservation.BySubnet, subnet.Id).OrderBy(reservation => reservation.Id, StringComparer.Ordinal).Where(matches), reservation => reservation.Id);
        return new(new GetSubnetCidrReservationsResult { SubnetIpv4CidrReservations = [.. items.Select(Describe)], SubnetIpv6CidrReservations = [], NextToken = next });
    }

    private static Api.Ec2.SubnetCidrReservation Describe(SubnetCidrReservation reservation) => new()
    {
        SubnetCidrReservationId = reservation.Id,
        SubnetId = reservation.SubnetId,
        Cidr = reservation.Cidr,
        ReservationType = reservation.ReservationType,
        OwnerId = reservation.AccountId,
        Description = reservation.Description,
        Tags = reservation.Tags.ToApiOrNull(),
    };
}
