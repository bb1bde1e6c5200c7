using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Tags;
using Nines.Wire;
using AddressTransfer = Nines.Control.Services.Ec2.Addresses.AddressTransfer;

namespace Nines.Control.Tests.Services.Ec2.Addresses;

public sealed class AddressTransferTests : IAsyncLifetime
{
    private const string PublicIp = "198.18.0.77";
    private const string Allocation = "eipalloc-00000000000000077";

    private Ec2World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await Ec2World.OpenAsync();
        await _world.Cloud.WriteAsync(
            transaction =>
            {
                transaction.Insert(PublicAddress.Table, new PublicAddress(PublicIp, Ec2World.Account, Allocation));
                transaction.Insert(ElasticAddress.Table, new ElasticAddress { AccountId = Ec2World.Account, Id = Allocation, PublicIp = PublicIp, Tags = TagMap.Empty.Add("Name", "old") });
            },
            Ec2World.Cancel);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task An_address_changes_hands_without_its_tags_and_both_know_of_it()
    {
        (await EnableAsync()).AddressTransferStatus.ShouldBe("pending");
        (await RefusalOf(() => EnableAsync())).ShouldBe("InvalidTransfer.AddressAlreadyTransferring");
        (await RefusalOf(() => AcceptAsync("333333333333"))).ShouldBe("InvalidAddress.NotFound");
        var accepted = await AcceptAsync(Ec2World.OtherAccount);
        accepted.AddressTransferStatus.ShouldBe("accepted");

        _world.Cloud.List(ElasticAddress.Table, Ec2World.Account).ShouldBeEmpty();
        var taken = _world.Cloud.List(ElasticAddress.Table, Ec2World.OtherAccount).ShouldHaveSingleItem();
        (taken.PublicIp, taken.Id, taken.Tags.Count).ShouldBe((PublicIp, accepted.AllocationId, 0));
        var held = _world.Cloud.Find(PublicAddress.Table, PublicAddress.PoolAccountId, PublicIp)!;
        (held.OwnerAccountId, held.NetworkInterfaceId).ShouldBe((Ec2World.OtherAccount, taken.Id));
        var told = (await DescribeAsync()).ShouldHaveSingleItem();
        (told.AddressTransferStatus, told.AllocationId, told.TransferOfferAcceptedTimestamp).ShouldBe(("accepted", Allocation, Ec2World.CallOf().Now));
        (await RefusalOf(() => AcceptAsync(Ec2World.OtherAccount))).ShouldBe("InvalidAddress.NotFound");
        (await DescribeAsync(After(AddressTransfer.AcceptedAfterlife))).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_offer_that_is_withdrawn_or_too_old_is_nobodys_and_can_be_made_again()
    {
        await EnableAsync();
        (await _world.AskAsync(Ec2Api.DisableAddressTransfer, new() { AllocationId = Allocation })).AddressTransfer!.AddressTransferStatus.ShouldBe("disabled");
        (await RefusalOf(() => AcceptAsync(Ec2World.OtherAccount))).ShouldBe("InvalidAddress.NotFound");
        (await RefusalOf(() => _world.AskAsync(Ec2Api.DisableAddressTransfer, new() { AllocationId = Allocation }))).ShouldBe("InvalidAddressTransfer.NotFound");
        await EnableAsync();
        (await RefusalOf(() => AcceptAsync(Ec2World.OtherAccount, After(AddressTransfer.Patience)))).ShouldBe("InvalidAddress.NotFound");
        (await DescribeAsync(After(AddressTransfer.Patience))).Single().AddressTransferStatus.ShouldBe("disabled");
        (await DescribeAsync(After(AddressTransfer.Patience + AddressTransfer.Afterlife))).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_in_use_or_would_be_too_many_stays_where_it_is()
    {
        await EnableAsync();
        await ChangeAsync(address => address with { AssociationId = "eipassoc-00000000000000001", NetworkInterfaceId = "eni-1", PrivateIpAddress = "172.31.0.9" });
        (await RefusalOf(() => AcceptAsync(Ec2World.OtherAccount))).ShouldBe("InvalidTransfer.AddressAssociated");
        await ChangeAsync(address => address.Freed());
        await _world.Cloud.WriteAsync(
            transaction =>
            {
                for (var number = 0; number < Control.Services.Ec2.NetworkLimits.MaxAddresses; number++)
                {
                    transaction.Insert(ElasticAddress.Table, new ElasticAddress { AccountId = Ec2World.OtherAccount, Id = $"eipalloc-{number:x17}", PublicIp = $"198.18.1.{number}" });
                }
            },
            Ec2World.Cancel);
        (await RefusalOf(() => AcceptAsync(Ec2World.OtherAccount))).ShouldBe("AddressLimitExceeded");
        (await RefusalOf(() => EnableAsync(Ec2World.Account))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => EnableAsync("12"))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => _world.AskAsync(Ec2Api.DescribeAddressTransfers, new() { AllocationIds = ["eipalloc-0123456789abcdef0"] }))).ShouldBe("InvalidAllocationID.NotFound");
        _world.Cloud.List(ElasticAddress.Table, Ec2World.Account).Count().ShouldBe(1);
    }

    private static Call After(TimeSpan time, string account = Ec2World.Account) => Ec2World.CallOf(account) with { Now = Ec2World.CallOf().Now + time };

    private Task ChangeAsync(Func<ElasticAddress, ElasticAddress> change) => _world.Cloud.WriteAsync(
        transaction => transaction.Put(ElasticAddress.Table, change(transaction.Find(ElasticAddress.Table, Ec2World.Account, Allocation)!)), Ec2World.Cancel);

    private async Task<Nines.Api.Ec2.AddressTransfer> EnableAsync(string account = Ec2World.OtherAccount) =>
        (await _world.AskAsync(Ec2Api.EnableAddressTransfer, new EnableAddressTransferRequest { AllocationId = Allocation, TransferAccountId = account })).AddressTransfer!;

    private async Task<Nines.Api.Ec2.AddressTransfer> AcceptAsync(string account, Call? call = null) =>
        (await _world.AskAsync(Ec2Api.AcceptAddressTransfer, new AcceptAddressTransferRequest { Address = PublicIp }, (call ?? Ec2World.CallOf()) with { Caller = Ec2World.CallOf(account).Caller })).AddressTransfer!;

    private async Task<IReadOnlyList<Nines.Api.Ec2.AddressTransfer>> DescribeAsync(Call? call = null) =>
        (await _world.AskAsync(Ec2Api.DescribeAddressTransfers, new DescribeAddressTransfersRequest(), call)).AddressTransfers!;

    private static async Task<string> RefusalOf(Func<Task> ask) => (await Should.ThrowAsync<AwsException>(ask)).Code;
}
