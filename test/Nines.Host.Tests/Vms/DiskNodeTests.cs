using System.Text.Json;
using Nines.Host.Vms;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Tests.Vms;

public sealed class DiskNodeTests
{
    [Theory]
    [InlineData("vol-0123456789abcdef0", "vol-0123456789abcdef0", 0)]
    [InlineData("vol-0123456789abcdef0.12", "vol-0123456789abcdef0", 12)]
    [InlineData("file-vol-0123456789abcdef0.1", "vol-0123456789abcdef0", 1)]
    [InlineData("#block123", null, 0)]
    [InlineData("vol-1.x", null, 0)]
    [InlineData(null, null, 0)]
    public void A_node_says_which_volumes_it_is(string? name, string? volumeId, int generation) =>
        DiskNode.Parse(name).ShouldBe(volumeId is null ? null : new DiskNode(volumeId, generation));

    [Fact]
    public void Ten_thousand_names_fit()
    {
        new DiskNode("vol-0123456789abcdef0", 9999).FileName.Length.ShouldBe(31);
        new DiskNode("vol-1", 0).Next.ShouldSatisfyAllConditions(node => node.Name.ShouldBe("vol-1.1"), node => node.FileName.ShouldBe("file-vol-1.1"));
    }

    [Fact]
    public void An_overlay_says_that_it_opens_no_base() => JsonSerializer.Serialize(new OverlayAdd("vol-1.1", "file-vol-1.1"), QmpJsonContext.Default.OverlayAdd)
        .ShouldBe("""{"node-name":"vol-1.1","file":"file-vol-1.1","driver":"qcow2","backing":null,"discard":"unmap","detect-zeroes":"unmap"}""");

    [Fact]
    public void A_limit_says_all_of_itself() => JsonSerializer.Serialize(new BlockSetIoThrottle("disk1", 100, 5), QmpJsonContext.Default.BlockSetIoThrottle)
        .ShouldContain("\"iops_rd\":0");
}
