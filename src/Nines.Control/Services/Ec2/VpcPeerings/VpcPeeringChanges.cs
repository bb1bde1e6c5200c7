using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.VpcPeerings;

/// <summary>Asking for peerings, accepting and rejecting them, and ending them.</summary>
internal sealed class VpcPeeringChanges(Cloud cloud, IIdSource ids, string region, VpcPeeringDescriptions descriptions) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateVpcPeeringConnection, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.AcceptVpcPeeringConnection, AcceptAsync, answersDryRun: true);
        table.On(Ec2Api.RejectVpcPeeringConnection, RejectAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteVpcPeeringConnection, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyVpcPeeringConnectionOptions, ModifyOptionsAsync, answersDryRun: true);
    }

    /// <summary>Ends the peerings of a VPC that is deleted.</summary>
    public static void EndAll(CloudTransaction transaction, Vpc vpc, DateTimeOffset now)
    {
        foreach (var peering in transaction.By(VpcPeering.ByVpc, vpc.Id).ToArray())
        {
            transaction.Put(VpcPeering.Table, Ended(peering, VpcPeeringState.Deleted, vpc.AccountId, now));
        }
    }

    /// <summary>Whether a block is one of a network that a VPC has a peering with, or that its owner asks for one with.</summary>
    public static bool OverlapsPeer(CloudTransaction transaction, Vpc vpc, Ipv4Block block, DateTimeOffset now) =>
        Overlapping(transaction, vpc, block, now).Any(peering => peering.IsActive || peering.VpcId == vpc.Id);

    /// <summary>Ends the requests to a VPC that a new block of it makes impossible (Amazon VPC User Guide: IPv4 CIDR block association restrictions).</summary>
    public static void FailOverlapping(CloudTransaction transaction, Vpc vpc, Ipv4Block block, DateTimeOffset now)
    {
        foreach (var peering in Overlapping(transaction, vpc, block, now).ToArray())
        {
            transaction.Put(VpcPeering.Table, peering with { State = VpcPeeringState.Failed, StateSince = now });
        }
    }

    private static IEnumerable<VpcPeering> Overlapping(CloudTransaction transaction, Vpc vpc, Ipv4Block block, DateTimeOffset now) => transaction.By(VpcPeering.ByVpc, vpc.Id)
        .Where(peering => !IsOver(peering, now)
            && transaction.By(Vpc.ById, peering.PeerOf(vpc.Id)).Any(peer => peer.CidrBlocks.Any(known => Ipv4Block.Parse(known.CidrBlock).Overlaps(block))));

    private async ValueTask<CreateVpcPeeringConnectionResult> CreateAsync(CreateVpcPeeringConnectionRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.PeerRegion is { } other && other != region)
        {
            throw Ec2Errors.InvalidValue("PeerRegion", other, $"This cloud is one region, {region}.");
        }

        var peerId = ResourceId.Parse<VpcId>(input.PeerVpcId ?? throw Ec2Errors.MissingParameter("peerVpcId")).Value;
        var peerOwner = input.PeerOwnerId ?? call.AccountId;
        var tags = TagRules.Parse(input.TagSpecifications, "vpc-peering-connection").For("vpc-peering-connection");
        var made = await cloud.WriteAsync(
            call,
            transaction =>
            {
                Forget(transaction, call);
                var vpc = VpcLookup.RequireForChange(transaction, call.AccountId, input.VpcId);
                var peer = peerOwner == call.AccountId ? VpcLookup.RequireForChange(transaction, call.AccountId, peerId) : transaction.Find(Vpc.Table, peerOwner, peerId);
                if (peerId == vpc.Id)
                {
                    throw Ec2Errors.InvalidParameterValue("A VPC cannot have a peering connection with itself.");
                }

                var known = transaction.By(VpcPeering.ByVpc, vpc.Id).Where(peering => !IsOver(peering, call.Now)).ToList();
                if (known.FirstOrDefault(peering => peering.PeerOf(vpc.Id) == peerId) is { } present)
                {
                    throw VpcPeeringErrors.Exists(present.Id);
                }

                // What others ask for takes no room before it is accepted.
                RequireRoom(vpc, known.Count(peering => peering.IsActive || peering.VpcId == vpc.Id));

                call.AnswerDryRun();
                var peering = new VpcPeering
                {
                    AccountId = call.AccountId,
                    Id = ids.Next("pcx"),
                    VpcId = vpc.Id,
                    AccepterAccountId = peerOwner,
                    AccepterVpcId = peerId,
                    State = peer is null || Overlap(vpc, peer) ? VpcPeeringState.Failed : VpcPeeringState.PendingAcceptance,
                    StateSince = call.Now,
                    ExpirationTime = call.Now + VpcPeering.Patience,
                    Tags = tags,
                };
                transaction.Insert(VpcPeering.Table, peering);
                return peering;
            },
            cancellationToken);
        var described = descriptions.Describe(made, call.AccountId, call.Now);
        return new CreateVpcPeeringConnectionResult
        {
            VpcPeeringConnection = described with { Status = new() { Code = "initiating-request", Message = $"Initiating Request to {made.AccepterAccountId}" } },
        };
    }

    private async ValueTask<AcceptVpcPeeringConnectionResult> AcceptAsync(AcceptVpcPeeringConnectionRequest input, Call call, CancellationToken cancellationToken)
    {
        var accepted = await ChangeAsync(
            input.VpcPeeringConnectionId,
            call,
            (transaction, peering) =>
            {
                if (peering.AccepterAccountId != call.AccountId)
                {
                    throw VpcPeeringErrors.NotAccepter(call.AccountId, "accept", peering.Id);
                }

                RequirePending(peering, "active", call);

                // Whoever deletes one of the VPCs at the same time must meet this.
                var asker = VpcLookup.RequireForChange(transaction, peering.AccountId, peering.VpcId);
                var own = VpcLookup.RequireForChange(transaction, peering.AccepterAccountId, peering.AccepterVpcId);
                if (Overlap(asker, own))
                {
                    throw VpcPeeringErrors.CannotChange(peering with { State = VpcPeeringState.Failed }, "active", call.Now);
                }

                RequireRoom(own, transaction.By(VpcPeering.ByVpc, own.Id).Count(other => other.IsActive));
                return peering with { State = VpcPeeringState.Active, StateSince = call.Now };
            },
            cancellationToken);
        var described = descriptions.Describe(accepted, call.AccountId, call.Now);
        return new AcceptVpcPeeringConnectionResult { VpcPeeringConnection = described with { Status = new() { Code = "provisioning", Message = "Provisioning" } } };
    }

    private async ValueTask<RejectVpcPeeringConnectionResult> RejectAsync(RejectVpcPeeringConnectionRequest input, Call call, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            input.VpcPeeringConnectionId,
            call,
            (_, peering) =>
            {
                if (peering.AccepterAccountId != call.AccountId)
                {
                    throw VpcPeeringErrors.NotAccepter(call.AccountId, "reject", peering.Id);
                }

                RequirePending(peering, "rejected", call);
                return Ended(peering, VpcPeeringState.Rejected, call.AccountId, call.Now);
            },
            cancellationToken);
        return new RejectVpcPeeringConnectionResult { Return = true };
    }

    private async ValueTask<DeleteVpcPeeringConnectionResult> DeleteAsync(DeleteVpcPeeringConnectionRequest input, Call call, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            input.VpcPeeringConnectionId,
            call,
            (_, peering) => peering.StateAt(call.Now) switch
            {
                // Deleted once more is as good as deleted.
                VpcPeeringState.Deleted => peering,
                VpcPeeringState.Active => Ended(peering, VpcPeeringState.Deleted, call.AccountId, call.Now),
                VpcPeeringState.PendingAcceptance when peering.AccountId == call.AccountId => Ended(peering, VpcPeeringState.Deleted, call.AccountId, call.Now),
                _ => throw VpcPeeringErrors.CannotChange(peering, "deleted", call.Now),
            },
            cancellationToken);
        return new DeleteVpcPeeringConnectionResult { Return = true };
    }

    private async ValueTask<ModifyVpcPeeringConnectionOptionsResult> ModifyOptionsAsync(
        ModifyVpcPeeringConnectionOptionsRequest input, Call call, CancellationToken cancellationToken)
    {
        var (requester, accepter) = (input.RequesterPeeringConnectionOptions, input.AccepterPeeringConnectionOptions);
        if (new[] { requester, accepter }.Any(side => side?.AllowEgressFromLocalClassicLinkToRemoteVpc == true || side?.AllowEgressFromLocalVpcToRemoteClassicLink == true))
        {
            throw Ec2Errors.Unsupported("This cloud has no ClassicLink.");
        }

        var changed = await ChangeAsync(
            input.VpcPeeringConnectionId,
            call,
            (_, peering) =>
            {
                if (!peering.IsActive)
                {
                    throw VpcPeeringErrors.NotActive(peering.Id);
                }

                // Each owner decides about the names of its own VPC.
                RequireOwner(requester, peering.AccountId, "requester");
                RequireOwner(accepter, peering.AccepterAccountId, "accepter");
                return peering with
                {
                    RequesterTellsNames = requester?.AllowDnsResolutionFromRemoteVpc ?? peering.RequesterTellsNames,
                    AccepterTellsNames = accepter?.AllowDnsResolutionFromRemoteVpc ?? peering.AccepterTellsNames,
                };

                void RequireOwner(PeeringConnectionOptionsRequest? options, string owner, string side)
                {
                    if (options is not null && owner != call.AccountId)
                    {
                        throw VpcPeeringErrors.NotOwner(call.AccountId, side, peering.Id);
                    }
                }
            },
            cancellationToken);
        return new ModifyVpcPeeringConnectionOptionsResult
        {
            RequesterPeeringConnectionOptions = requester is null ? null : new() { AllowDnsResolutionFromRemoteVpc = changed.RequesterTellsNames },
            AccepterPeeringConnectionOptions = accepter is null ? null : new() { AllowDnsResolutionFromRemoteVpc = changed.AccepterTellsNames },
        };
    }

    private async Task<VpcPeering> ChangeAsync(string? id, Call call, Func<CloudTransaction, VpcPeering, VpcPeering> change, CancellationToken cancellationToken)
    {
        var parsed = ResourceId.Parse<VpcPeeringId>(id).Value;
        return await cloud.WriteAsync(
            call,
            transaction =>
            {
                var listed = transaction.By(VpcPeering.ById, parsed).FirstOrDefault(peering => peering.IsOf(call.AccountId) && !peering.IsForgottenAt(call.Now));
                var peering = (listed is null ? null : transaction.Find(VpcPeering.Table, listed.AccountId, parsed)) ?? throw Ec2Errors.NotFound(ResourceKind.VpcPeering, parsed);
                var next = change(transaction, peering);
                call.AnswerDryRun();
                transaction.Put(VpcPeering.Table, next);
                return next;
            },
            cancellationToken);
    }

    private static void RequireRoom(Vpc vpc, int taken)
    {
        if (taken >= NetworkLimits.MaxPeeringsPerVpc)
        {
            throw VpcPeeringErrors.TooMany(vpc.Id);
        }
    }

    private static void RequirePending(VpcPeering peering, string to, Call call)
    {
        if (peering.StateAt(call.Now) != VpcPeeringState.PendingAcceptance)
        {
            throw VpcPeeringErrors.CannotChange(peering, to, call.Now);
        }
    }

    /// <summary>Removes what nobody is told of any more.</summary>
    private static void Forget(CloudTransaction transaction, Call call)
    {
        foreach (var peering in transaction.List(VpcPeering.Table, call.AccountId).Where(peering => peering.IsForgottenAt(call.Now)).ToArray())
        {
            transaction.Delete(VpcPeering.Table, peering);
        }
    }

    private static VpcPeering Ended(VpcPeering peering, VpcPeeringState state, string by, DateTimeOffset now) => peering with { State = state, StateSince = now, EndedBy = by };

    private static bool IsOver(VpcPeering peering, DateTimeOffset now) => peering.StateAt(now) is not (VpcPeeringState.PendingAcceptance or VpcPeeringState.Active);

    private static bool Overlap(Vpc one, Vpc other) =>
        one.CidrBlocks.Any(block => other.CidrBlocks.Any(peer => Ipv4Block.Parse(block.CidrBlock).Overlaps(Ipv4Block.Parse(peer.CidrBlock))));
}
