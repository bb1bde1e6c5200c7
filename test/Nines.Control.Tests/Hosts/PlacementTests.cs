using Nines.Control.Hosts;

namespace Nines.Control.Tests.Hosts;

public class PlacementTests
{
    private static readonly Demand Small = new(2, 1024);

    [Fact]
    public void Machines_go_one_by_one_to_the_host_with_the_most_free_memory() =>
        Placement.Choose([Room("a", 64, 4096), Room("b", 64, 3072)], Small, 4).ShouldBe(["a", "a", "b", "a"]);

    [Fact]
    public void Fewer_are_placed_when_room_runs_out() =>
        Placement.Choose([Room("a", 64, 2047), Room("b", 3, 9000)], Small, 10).ShouldBe(["b", "a"]);

    [Fact]
    public void Nothing_is_placed_where_nothing_fits() =>
        Placement.Choose([Room("a", 1, 4096), Room("b", 64, 1023), Room("c", 64, -5)], Small, 1).ShouldBeEmpty();

    [Fact]
    public void A_laptop_of_24_GiB_and_2_processors_takes_a_c5_xlarge()
    {
        var host = new HostRecord { Id = "laptop", Cpus = 2, MemoryMiB = 24_000, Zones = ["us-east-1a"] };
        Placement.Choose([new HostRoom(host.Id, new PlacementOptions().CapacityOf(host))], new Demand(4, 8192), 5).Count.ShouldBe(2);
    }

    private static HostRoom Room(string id, long vCpus, long memoryMiB) => new(id, new Demand(vCpus, memoryMiB));
}
