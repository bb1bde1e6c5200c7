using Nines.Control.Hosts;

namespace Nines.Control.Tests.Hosts;

public class GroupPlacementTests
{
    private static readonly Demand Small = new(2, 1024);

    [Fact]
    public void A_cluster_fills_its_members_host_first_and_then_one_host_after_the_other() =>
        Hosts(new(GroupStrategy.Cluster, [new("b", "z", null)]), 5, Room("a", 4096), Room("b", 2048), Room("c", 3072)).ShouldBe(["b", "b", "a", "a", "a"]);

    [Fact]
    public void A_cluster_is_in_one_zone() => new GroupPlacement(GroupStrategy.Cluster, [new("b", "us-east-1b", null)]).Zone.ShouldBe("us-east-1b");

    [Fact]
    public void Of_a_spread_group_no_two_are_on_one_host() =>
        Hosts(new(GroupStrategy.Spread, [new("b", "z", null)]), 5, Room("a", 4096), Room("b", 9000), Room("c", 8192), Room("d", 100)).ShouldBe(["c", "a"]);

    [Fact]
    public void Machines_go_evenly_over_partitions_that_share_no_host()
    {
        var places = new GroupPlacement(GroupStrategy.Partition, []) { Partitions = 3 }.Choose([Room("a", 8192), Room("b", 8192), Room("c", 8192)], Small, 6);
        places.Select(place => place.Partition).ShouldBe([1, 2, 3, 1, 2, 3]);
        places.GroupBy(place => place.HostId).ShouldAllBe(host => host.Select(place => place.Partition).Distinct().Count() == 1);
    }

    [Fact]
    public void A_partition_that_is_asked_for_takes_its_own_hosts_and_free_ones_but_no_others()
    {
        var group = new GroupPlacement(GroupStrategy.Partition, [new("a", "z", 1), new("b", "z", 2)]) { Partitions = 2, Partition = 2 };
        Hosts(group, 4, Room("a", 9000), Room("b", 2048), Room("c", 1024)).ShouldBe(["b", "b", "c"]);
    }

    [Fact]
    public void With_fewer_hosts_than_partitions_the_partitions_that_have_one_get_all()
    {
        var places = new GroupPlacement(GroupStrategy.Partition, []) { Partitions = 3 }.Choose([Room("a", 8192), Room("b", 8192)], Small, 5);
        places.Select(place => place.Partition).ShouldBe([1, 2, 1, 2, 1]);
    }

    [Fact]
    public void A_machine_whose_host_is_given_joins_only_where_the_rule_holds()
    {
        var spread = new GroupPlacement(GroupStrategy.Spread, [new("a", "z", null)]);
        (spread.Allows("a", "z", null), spread.Allows("b", "z", null)).ShouldBe((false, true));
        var cluster = new GroupPlacement(GroupStrategy.Cluster, [new("a", "z", null)]);
        (cluster.Allows("b", "z", null), cluster.Allows("b", "y", null)).ShouldBe((true, false));
        var parts = new GroupPlacement(GroupStrategy.Partition, [new("a", "z", 2)]) { Partitions = 2 };
        (parts.Allows("a", "z", 1), parts.Allows("a", "z", 2), parts.PartitionOn("a"), parts.PartitionOn("b")).ShouldBe((false, true, 2, 1));
    }

    private static IReadOnlyList<string> Hosts(GroupPlacement group, int count, params HostRoom[] rooms) => [.. group.Choose(rooms, Small, count).Select(place => place.HostId)];

    private static HostRoom Room(string id, long memoryMiB) => new(id, new Demand(64, memoryMiB));
}
