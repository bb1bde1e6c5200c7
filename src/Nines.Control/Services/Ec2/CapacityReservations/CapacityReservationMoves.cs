using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;

namespace Nines.Control.Services.Ec2.CapacityReservations;

/// <summary>Takes places that no instance is at from one capacity reservation to another, or to a new one.</summary>
internal sealed class CapacityReservationMoves(Cloud cloud, IIdSource ids, HostLedger ledger, ZoneCatalog zones) : IOperations
{
    private const string MoveKind = "capacity-reservation-move";

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateCapacityReservationBySplitting, SplitAsync, answersDryRun: true);
        table.On(Ec2Api.MoveCapacityReservationInstances, MoveAsync, answersDryRun: true);
    }

    private async ValueTask<CreateCapacityReservationBySplittingResult> SplitAsync(CreateCapacityReservationBySplittingRequest input, Call call, CancellationToken cancellationToken)
    {
        var tags = TagRules.Parse(input.TagSpecifications, CapacityReservationChanges.ResourceType).For(CapacityReservationChanges.ResourceType);
        var token = ClientToken.Parse(input.ClientToken);
        var fingerprint = ClientToken.FingerprintOf(input with { ClientToken = null, DryRun = null });
        var sourceId = ParseId("SourceCapacityReservationId", input.SourceCapacityReservationId);
        var count = CapacityReservationChanges.ParseCount(input.InstanceCount ?? throw Ec2Errors.MissingParameter("InstanceCount"));
        var (source, destination) = await TransferAsync(
            call,
            CapacityReservationChanges.ResourceType,
            token,
            fingerprint,
            sourceId,
            count,
            (_, source) => source.Places.Length > count
                ? source with { Id = ids.Next(ResourceKind.CapacityReservation.Prefix), Places = [], CreateDate = Instances.InstancePlan.WholeSecond(call.Now), ClientToken = token, Tags = tags }
                : throw Ec2Errors.InvalidValue("instanceCount", $"{count}", $"The capacity reservation '{sourceId}' must keep at least one instance."),
            cancellationToken);
        return new CreateCapacityReservationBySplittingResult { SourceCapacityReservation = Describe(source, call), DestinationCapacityReservation = Describe(destination, call), InstanceCount = count };
    }

    private async ValueTask<MoveCapacityReservationInstancesResult> MoveAsync(MoveCapacityReservationInstancesRequest input, Call call, CancellationToken cancellationToken)
    {
        var sourceId = ParseId("SourceCapacityReservationId", input.SourceCapacityReservationId);
        var destinationId = ParseId("DestinationCapacityReservationId", input.DestinationCapacityReservationId);
        var count = CapacityReservationChanges.ParseCount(input.InstanceCount ?? throw Ec2Errors.MissingParameter("InstanceCount"));
        if (sourceId == destinationId)
        {
            throw Ec2Errors.InvalidParameterCombination("The source and the destination must be different capacity reservations.");
        }

        var (source, destination) = await TransferAsync(
            call,
            MoveKind,
            ClientToken.Parse(input.ClientToken),
            ClientToken.FingerprintOf(input with { ClientToken = null, DryRun = null }),
            sourceId,
            count,
            (transaction, source) =>
            {
                var destination = CapacityReservationChanges.Demand(transaction, call, destinationId);
                return (source.InstanceType, source.Zone, source.IsLimited) == (destination.InstanceType, destination.Zone, destination.IsLimited) && (!source.IsLimited || source.EndDate == destination.EndDate)
                    ? destination
                    : throw Ec2Errors.InvalidParameterCombination("The source and the destination must have the same instance type, Availability Zone and end.");
            },
            cancellationToken);
        return new MoveCapacityReservationInstancesResult { SourceCapacityReservation = Describe(source, call), DestinationCapacityReservation = Describe(destination, call), InstanceCount = count };
    }

    /// <summary>Takes free places from the source to what is found or made for them. While the records change the places are held twice: nobody gets one in between.</summary>
    private async Task<(CapacityReservation Source, CapacityReservation Destination)> TransferAsync(
        Call call, string kind, string? token, string fingerprint, string sourceId, int count, Func<CloudTransaction, CapacityReservation, CapacityReservation> destinationOf,
        CancellationToken cancellationToken)
    {
        HostReservation? held = null;
        try
        {
            return await cloud.WriteAsync(
                call,
                transaction =>
                {
                    held?.Dispose();
                    held = null;
                    if (ClientToken.MadeBefore(transaction, call.AccountId, kind, token, fingerprint) is { } earlier)
                    {
                        return (transaction.Find(CapacityReservation.Table, call.AccountId, sourceId) ?? throw Ec2Errors.NotFound(ResourceKind.CapacityReservation, sourceId),
                            transaction.Find(CapacityReservation.Table, call.AccountId, earlier) ?? throw Ec2Errors.NotFound(ResourceKind.CapacityReservation, earlier));
                    }

                    var source = CapacityReservationChanges.Demand(transaction, call, sourceId);
                    var destination = destinationOf(transaction, source);
                    var free = FreeOf(transaction, source);
                    if (free.Count < count)
                    {
                        throw Ec2Errors.InvalidValue("instanceCount", $"{count}", $"The capacity reservation '{sourceId}' has {free.Count} available instances.");
                    }

                    call.AnswerDryRun();
                    string[] moved = [.. free.Take(count)];
                    var left = source with { Places = source.Places.RemoveRange(moved) };
                    destination = destination with { Places = destination.Places.AddRange(moved) };
                    held = ledger.Hold(moved, source.Demand);
                    transaction.Put(CapacityReservation.Table, destination);
                    ClientToken.Remember(transaction, call.AccountId, kind, token, fingerprint, destination.Id);
                    if (left.Places.IsEmpty)
                    {
                        // Nothing is left to hold (EC2 User Guide: Move capacity between Capacity Reservations).
                        CapacityReservationRules.End(transaction, left, ReservationState.Cancelled, call.Now);
                        return (left with { State = ReservationState.Cancelled, EndDate = call.Now }, destination);
                    }

                    transaction.Put(CapacityReservation.Table, left);
                    return (left, destination);
                },
                cancellationToken);
        }
        finally
        {
            held?.Dispose();
        }
    }

    private static List<string> FreeOf(CloudTransaction transaction, CapacityReservation reservation)
    {
        var free = reservation.Places.ToList();
        foreach (var instance in CapacityReservationRules.Users(transaction.By(Instance.ByCapacityReservation, reservation.Id)))
        {
            free.Remove(instance.HostId!);
        }

        return free;
    }

    private static string ParseId(string parameter, string? id) => ResourceId.Parse<CapacityReservationId>(id ?? throw Ec2Errors.MissingParameter(parameter)).Value;

    private Api.Ec2.CapacityReservation Describe(CapacityReservation reservation, Call call) => CapacityReservationOperations.Describe(
        reservation, CapacityReservationRules.Users(cloud.By(Instance.ByCapacityReservation, reservation.Id)).Count(), zones, call.Now);
}
