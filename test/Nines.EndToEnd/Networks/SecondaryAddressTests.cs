namespace Nines.EndToEnd.Networks;

/// <summary>Adapters with several private addresses.</summary>
[Trait("Needs", "root")]
public sealed class SecondaryAddressTests
{
    [Fact]
    public async Task A_further_address_is_reached_used_and_translated_by_a_public_address_of_its_own()
    {
        await using var cloud = new TestNetworks();
        cloud.Allow(TestNetworks.Tcp(80));
        var guest = await cloud.AddGuestAsync(1, cloud.Pool + "20");
        var other = await cloud.AddGuestAsync(2, cloud.Pool + "22");
        await guest.IpAsync("address add 172.31.16.99/20 dev eth0", TestContext.Current.CancellationToken);
        await using var service = guest.Listen(80);
        await using var there = other.Listen(80);

        cloud.Vpc = cloud.Vpc with
        {
            Interfaces = cloud.Vpc.Interfaces.SetItem(guest.Adapter.Id, guest.Adapter with { SecondaryAddresses = [new("172.31.16.99", cloud.Pool + "21")] }),
        };
        await cloud.ApplyAsync();

        (await other.ConnectAsync("172.31.16.99", 80)).ShouldBe(other.Address);
        (await guest.ConnectAsync(other.Address, 80, source: "172.31.16.99")).ShouldBe("172.31.16.99");
        (await Client.FromMachineAsync(cloud.Pool + "21", 80)).ShouldNotBeNull();
        (await guest.ConnectAsync(cloud.Pool + "22", 80, source: "172.31.16.99")).ShouldBe(cloud.Pool + "21");
    }
}
