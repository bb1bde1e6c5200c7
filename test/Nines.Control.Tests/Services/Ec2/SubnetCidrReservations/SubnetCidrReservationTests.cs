using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Wire;
using PrivateAddress = Nines.Control.Services.Ec2.Addresses.PrivateAddress;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;
using SubnetCidrReservation = Nines.Control.Services.Ec2.SubnetCidrReservations.SubnetCidrReservation;

namespace Nines.Control.Tests.Services.Ec2.SubnetCidrReservations;

public sealed class SubnetCidrReservationTests : IAsyncLifetime
{
    private Ec2World _world = null!;
    private string _vpcId = "";
    private string _subnetId = "";

    public async ValueTask InitializeAsync()
    {
        _world = await Ec2World.OpenAsync();
        _vpcId = (await _world.AskAsync(Ec2Api.CreateVpc, new CreateVpcRequest { CidrBlock = "10.1.0.0/16" })).Vpc!.VpcId!;
        _subnetId = (await _world.AskAsync(Ec2Api.CreateSubnet, new CreateSubnetRequest { VpcId = _vpcId, CidrBlock = "10.1.1.0/26" })).Subnet!.SubnetId!;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Nobody_gets_a_reserved_address_who_does_not_ask_for_it()
    {
        await ReserveAsync("10.1.1.32/27", "explicit");
        await ReserveAsync("10.1.1.16/28", "prefix");

        // Of 64 addresses four are kept at the start, the last at the end is reserved anyway.
        for (var count = 0; count < 12; count++)
        {
            var address = await AllocateAsync(null);
            Ipv4Block.TryParseAddress(address, out var number).ShouldBeTrue();
            (number & 63).ShouldBeInRange(4u, 15u);
        }

        (await RefusalOf(() => AllocateAsync(null))).ShouldBe("InsufficientFreeAddressesInSubnet");
        (await AllocateAsync("10.1.1.40")).ShouldBe("10.1.1.40");
        (await RefusalOf(() => AllocateAsync("10.1.1.40"))).ShouldBe("InvalidIPAddress.InUse");
        (await RefusalOf(() => AllocateAsync("10.1.1.20"))).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task A_reservation_lies_in_its_subnet_and_overlaps_no_other()
    {
        var made = await ReserveAsync("10.1.1.33/28", "explicit");
        (made.Cidr, made.ReservationType, made.OwnerId).ShouldBe(("10.1.1.32/28", "explicit", Ec2World.Account));
        foreach (var (cidr, type) in new[] { ("10.1.1.40/30", "explicit"), ("10.1.2.0/28", "explicit"), ("10.1.0.0/16", "explicit"), ("10.1.1.0/29", "prefix"), ("10.1.1.0/28", "some"), ("here", "explicit") })
        {
            (await RefusalOf(() => ReserveAsync(cidr, type))).ShouldBe("InvalidParameterValue", cidr);
        }

        (await RefusalOf(() => ReserveAsync("2001:db8::/64", "explicit"))).ShouldBe("UnsupportedOperation");
        (await RefusalOf(() => _world.AskAsync(
            Ec2Api.CreateSubnetCidrReservation, new() { SubnetId = "subnet-0123456789abcdef0", Cidr = "10.1.1.0/28", ReservationType = "explicit" }))).ShouldBe("InvalidSubnetID.NotFound");
        (await RefusalOf(() => _world.AskAsync(
            Ec2Api.DeleteSubnetCidrReservation, new() { SubnetCidrReservationId = "scr-0123456789abcdef0" }))).ShouldBe("InvalidSubnetCidrReservationID.NotFound");
    }

    [Fact]
    public async Task Reservations_go_with_their_subnet()
    {
        await ReserveAsync("10.1.1.32/27", "explicit");
        await _world.AskAsync(Ec2Api.DeleteSubnet, new DeleteSubnetRequest { SubnetId = _subnetId });
        _world.Cloud.List(SubnetCidrReservation.Table, Ec2World.Account).ShouldBeEmpty();
    }

    private async Task<Nines.Api.Ec2.SubnetCidrReservation> ReserveAsync(string cidr, string type) => (await _world.AskAsync(
        Ec2Api.CreateSubnetCidrReservation, new CreateSubnetCidrReservationRequest { SubnetId = _subnetId, Cidr = cidr, ReservationType = type })).SubnetCidrReservation!;

    private Task<string> AllocateAsync(string? requested) => _world.Cloud.WriteAsync(
        transaction => AddressAllocator.AllocatePrivate(
            transaction, transaction.Find(Subnet.Table, Ec2World.Account, _subnetId)!, $"eni-{_world.Cloud.CountAll(PrivateAddress.Table):x17}", requested),
        Ec2World.Cancel);

    private static async Task<string> RefusalOf(Func<Task> ask) => (await Should.ThrowAsync<AwsException>(ask)).Code;
}
