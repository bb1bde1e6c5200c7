using FsCheck;
using FsCheck.Fluent;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.Addresses;

public sealed class AddressAllocatorTests : IAsyncLifetime
{
    private Ec2World _world = null!;

    private Cloud Cloud => _world.Cloud;

    public async ValueTask InitializeAsync() => _world = await Ec2World.OpenAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_small_subnet_gives_out_every_address_but_five_and_then_says_that_it_is_full()
    {
        var subnet = _world.FirstSubnet with { CidrBlock = "172.31.0.0/28" };
        var given = new List<string>();
        for (var number = 0; number < 11; number++)
        {
            given.Add(await Allocate(subnet, $"eni-{number}"));
        }

        given.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(4, 11).Select(last => $"172.31.0.{last}").Order(StringComparer.Ordinal));
        (await Should.ThrowAsync<AwsException>(() => Allocate(subnet, "eni-more"))).Code.ShouldBe("InsufficientFreeAddressesInSubnet");
        AddressAllocator.Available(Cloud, subnet).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_given_back_is_given_out_again()
    {
        var subnet = _world.FirstSubnet with { CidrBlock = "172.31.0.0/28" };
        for (var number = 0; number < 11; number++)
        {
            await Allocate(subnet, $"eni-{number}");
        }

        await Cloud.WriteAsync(transaction => AddressAllocator.ReleasePrivate(transaction, subnet.AccountId, subnet.VpcId, "172.31.0.9"), Ec2World.Cancel);
        (await Allocate(subnet, "eni-more")).ShouldBe("172.31.0.9");
    }

    [Fact]
    public async Task One_transaction_sees_the_addresses_that_it_took_itself()
    {
        var subnet = _world.FirstSubnet;
        var given = await Cloud.WriteAsync(
            transaction => Enumerable.Range(0, 200).Select(number => AddressAllocator.AllocatePrivate(transaction, subnet, "eni-same")).ToArray(), Ec2World.Cancel);
        given.Distinct().Count().ShouldBe(200);
        AddressAllocator.Available(Cloud, subnet).ShouldBe(4091 - 200);
    }

    [Fact]
    public async Task Launches_at_once_get_different_addresses()
    {
        var subnet = _world.FirstSubnet;
        var given = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => Task.Run(() => Allocate(subnet, $"eni-{number}"))));
        given.Distinct().Count().ShouldBe(100);
    }

    [Fact]
    public async Task A_requested_address_is_given_or_refused_with_its_reason()
    {
        var subnet = _world.FirstSubnet;
        (await Allocate(subnet, "eni-1", "172.31.0.10")).ShouldBe("172.31.0.10");
        await Refused("172.31.0.10", "InvalidIPAddress.InUse", "Address 172.31.0.10 is in use.");
        await Refused("172.31.0.3", "InvalidParameterValue", "Address 172.31.0.3 is in subnet's reserved address range");
        await Refused("172.31.15.255", "InvalidParameterValue", "Address 172.31.15.255 is in subnet's reserved address range");
        await Refused("172.31.16.4", "InvalidParameterValue", "Address 172.31.16.4 does not fall within the subnet's address range");
        await Refused("172.31.0", "InvalidParameterValue", null);

        async Task Refused(string address, string code, string? message)
        {
            var error = await Should.ThrowAsync<AwsException>(() => Allocate(subnet, "eni-2", address));
            error.Code.ShouldBe(code);
            (message ?? error.Message).ShouldBe(error.Message);
        }
    }

    [Fact]
    public async Task Public_addresses_are_the_pools_own_differ_between_accounts_and_come_back()
    {
        var pool = Ipv4Block.Parse("198.18.0.0/27");
        var given = await Cloud.WriteAsync(
            transaction => Enumerable.Range(0, 15).Select(number =>
                AddressAllocator.AllocatePublic(transaction, pool, number % 2 == 0 ? Ec2World.Account : Ec2World.OtherAccount, $"eni-{number}")).ToArray(),
            Ec2World.Cancel);
        given.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(16, 15).Select(last => $"198.18.0.{last}").Order(StringComparer.Ordinal));
        (await Should.ThrowAsync<AwsException>(() => AllocatePublic(pool))).Code.ShouldBe("InsufficientAddressCapacity");
        await Cloud.WriteAsync(transaction => AddressAllocator.ReleasePublic(transaction, "198.18.0.20"), Ec2World.Cancel);
        (await AllocatePublic(pool)).ShouldBe("198.18.0.20");
    }

    [Fact]
    public void Any_block_with_any_addresses_taken_yields_a_free_one_exactly_while_there_is_one() => Prop
        .ForAll(
            Gen.Choose(0, 40).ToArbitrary(),
            Gen.Choose(0, 40).ListOf().Select(taken => taken.ToHashSet()).ToArbitrary(),
            Gen.Choose(0, 1000).Select(number => $"eni-{number}").ToArbitrary(),
            (size, taken, owner) =>
            {
                const uint First = 0xFFFFFF00;
                var found = AddressProbe.Find(First, First + (uint)size, owner, address => taken.Contains((int)(address - First)));
                var free = Enumerable.Range(0, size + 1).Except(taken).Select(offset => First + (uint)offset).ToArray();
                return free.Length == 0 ? found is null : found is { } address && free.Contains(address);
            })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void A_half_used_subnet_is_searched_in_a_few_tries()
    {
        var taken = Enumerable.Range(0, 65536).Where(number => number % 2 == 0).Select(number => (uint)number).ToHashSet();
        var tries = 0;
        for (var owner = 0; owner < 1000; owner++)
        {
            AddressProbe.Find(0, 65535, $"eni-{owner}", address => ++tries > 0 && taken.Contains(address)).ShouldNotBeNull();
        }

        tries.ShouldBeLessThan(4000);
    }

    private Task<string> Allocate(Subnet subnet, string owner, string? requested = null) =>
        Cloud.WriteAsync(transaction => AddressAllocator.AllocatePrivate(transaction, subnet, owner, requested), Ec2World.Cancel);

    private Task<string> AllocatePublic(Ipv4Block pool) =>
        Cloud.WriteAsync(transaction => AddressAllocator.AllocatePublic(transaction, pool, Ec2World.Account, "eni-more"), Ec2World.Cancel);
}
