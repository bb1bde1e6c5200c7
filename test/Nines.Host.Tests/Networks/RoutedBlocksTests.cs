using System.Net;
using Nines.Host.Networks;

namespace Nines.Host.Tests.Networks;

public sealed class RoutedBlocksTests
{
    private static readonly IPNetwork _pool = IPNetwork.Parse("198.18.0.0/16");

    [Theory]
    [InlineData("198.18.0.0/16 via 198.18.0.2 dev link")]
    [InlineData("198.18.3.4 dev link")]
    [InlineData("198.0.0.0/8 dev link")]
    [InlineData("unreachable 198.18.0.0/16 metric 7")]
    public void A_route_to_some_of_a_block_is_found(string route) =>
        RoutedBlocks.FindOverlap(["default via 10.0.0.1 dev eth0", route], _pool).ShouldBe(route);

    [Theory]
    [InlineData("default via 10.0.0.1 dev eth0")]
    [InlineData("198.19.0.0/16 dev link")]
    [InlineData("unreachable")]
    public void A_route_to_others_is_none(string route) => RoutedBlocks.FindOverlap([route], _pool).ShouldBeNull();

    [Fact]
    public void A_free_block_is_one_that_nothing_routes()
    {
        RoutedBlocks.FindFree(["default via 10.0.0.1 dev eth0"]).ShouldBe(_pool);
        RoutedBlocks.FindFree(["198.18.0.0/16 via 198.18.0.2 dev link", "unreachable 198.19.0.0/16 metric 7"]).ShouldBe(IPNetwork.Parse("203.0.113.0/24"));
        RoutedBlocks.FindFree(["198.18.0.0/15 dev link", "203.0.113.0/24 dev link", "198.51.100.9 dev link"]).ShouldBeNull();
    }
}
