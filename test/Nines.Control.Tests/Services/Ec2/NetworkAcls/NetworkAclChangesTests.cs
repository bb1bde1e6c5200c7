using Nines.Api.Ec2;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.NetworkAcls;

public sealed class NetworkAclChangesTests : IAsyncLifetime
{
    private Ec2World _world = null!;
    private string _aclId = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await Ec2World.OpenAsync();
        _aclId = (await _world.AskAsync(Ec2Api.CreateNetworkAcl, new CreateNetworkAclRequest { VpcId = _world.DefaultVpc.Id })).NetworkAcl!.NetworkAclId!;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_new_list_denies_everything()
    {
        var acl = await DescribeAsync(_aclId);
        acl.IsDefault.ShouldBe(false);
        acl.Associations.ShouldBeEmpty();
        acl.Entries!.Select(entry => (entry.RuleNumber, entry.Egress, entry.RuleAction)).ShouldBe([(32767, true, "deny"), (32767, false, "deny")]);
    }

    [Fact]
    public async Task Entries_lie_in_the_order_of_their_numbers_and_are_replaced_and_removed_by_them()
    {
        await AddAsync(200, "tcp", ports: (80, 80));
        await AddAsync(100, "1", icmp: (8, -1));
        await AddAsync(100, "-1", egress: true);
        (await DescribeAsync(_aclId)).Entries!.Select(entry => (entry.RuleNumber, entry.Egress, entry.Protocol)).ShouldBe(
            [(100, true, "-1"), (32767, true, "-1"), (100, false, "1"), (200, false, "6"), (32767, false, "-1")]);
        (await RefusalOf(() => AddAsync(200, "-1"))).ShouldBe("NetworkAclEntryAlreadyExists");

        await _world.AskAsync(Ec2Api.ReplaceNetworkAclEntry, new ReplaceNetworkAclEntryRequest
        {
            NetworkAclId = _aclId,
            RuleNumber = 200,
            Egress = false,
            Protocol = "17",
            RuleAction = "deny",
            CidrBlock = "10.1.2.3/8",
            PortRange = new PortRange { From = 53, To = 53 },
        });
        var replaced = (await DescribeAsync(_aclId)).Entries!.Single(entry => entry.RuleNumber == 200);
        (replaced.Protocol, replaced.RuleAction, replaced.CidrBlock, replaced.PortRange!.From).ShouldBe(("17", "deny", "10.0.0.0/8", 53));

        await RemoveAsync(200);
        (await RefusalOf(() => RemoveAsync(200))).ShouldBe("InvalidNetworkAclEntry.NotFound");
        (await RefusalOf(() => RemoveAsync(32767))).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task An_entry_that_says_nothing_is_refused()
    {
        (await RefusalOf(() => AddAsync(0, "-1"))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => AddAsync(32767, "-1"))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => AddAsync(1, "tcp"))).ShouldBe("MissingParameter");
        (await RefusalOf(() => AddAsync(1, "tcp", ports: (90, 80)))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => AddAsync(1, "icmp"))).ShouldBe("MissingParameter");
        (await RefusalOf(() => AddAsync(1, "icmp", icmp: (-1, 3)))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => AddAsync(1, "smoke"))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => AddAsync(1, "-1", action: "maybe"))).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task A_list_has_at_most_twenty_entries_of_a_direction()
    {
        for (var number = 1; number <= 20; number++)
        {
            await AddAsync(number, "-1");
        }

        (await RefusalOf(() => AddAsync(21, "-1"))).ShouldBe("NetworkAclEntryLimitExceeded");
        await AddAsync(21, "-1", egress: true);
    }

    [Fact]
    public async Task A_subnet_is_guarded_by_one_list()
    {
        var subnet = _world.FirstSubnet.Id;
        var association = (await DescribeAsync(_world.DefaultVpc.DefaultNetworkAclId)).Associations!.Single(association => association.SubnetId == subnet).NetworkAclAssociationId!;
        var moved = (await ReplaceAsync(association, _aclId)).NewAssociationId!;
        moved.ShouldNotBe(association);
        (await DescribeAsync(_aclId)).Associations.ShouldHaveSingleItem().SubnetId.ShouldBe(subnet);
        (await RefusalOf(() => ReplaceAsync(association, _aclId))).ShouldBe("InvalidAssociationID.NotFound");
        (await RefusalOf(() => DeleteAsync(_aclId))).ShouldBe("DependencyViolation");
        (await RefusalOf(() => DeleteAsync(_world.DefaultVpc.DefaultNetworkAclId))).ShouldBe("InvalidParameterValue");
        await ReplaceAsync(moved, _world.DefaultVpc.DefaultNetworkAclId);
        await DeleteAsync(_aclId);
        (await RefusalOf(() => DeleteAsync(_aclId))).ShouldBe("InvalidNetworkAclID.NotFound");
    }

    private Task AddAsync(int number, string protocol, bool egress = false, string action = "allow", (int From, int To)? ports = null, (int Type, int Code)? icmp = null) =>
        _world.AskAsync(Ec2Api.CreateNetworkAclEntry, new CreateNetworkAclEntryRequest
        {
            NetworkAclId = _aclId,
            RuleNumber = number,
            Egress = egress,
            Protocol = protocol,
            RuleAction = action,
            CidrBlock = "0.0.0.0/0",
            PortRange = ports is { } range ? new PortRange { From = range.From, To = range.To } : null,
            IcmpTypeCode = icmp is { } type ? new IcmpTypeCode { Type = type.Type, Code = type.Code } : null,
        });

    private Task RemoveAsync(int number) =>
        _world.AskAsync(Ec2Api.DeleteNetworkAclEntry, new DeleteNetworkAclEntryRequest { NetworkAclId = _aclId, RuleNumber = number, Egress = false });

    private Task DeleteAsync(string id) => _world.AskAsync(Ec2Api.DeleteNetworkAcl, new DeleteNetworkAclRequest { NetworkAclId = id });

    private Task<ReplaceNetworkAclAssociationResult> ReplaceAsync(string associationId, string aclId) =>
        _world.AskAsync(Ec2Api.ReplaceNetworkAclAssociation, new ReplaceNetworkAclAssociationRequest { AssociationId = associationId, NetworkAclId = aclId });

    private async Task<Nines.Api.Ec2.NetworkAcl> DescribeAsync(string id) =>
        (await _world.AskAsync(Ec2Api.DescribeNetworkAcls, new DescribeNetworkAclsRequest { NetworkAclIds = [id] })).NetworkAcls!.ShouldHaveSingleItem();

    private static async Task<string> RefusalOf(Func<Task> call) => (await Should.ThrowAsync<AwsException>(call)).Code;
}
