using Nines.Host.Mirrors;
using Nines.Host.Vms;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Tests.Mirrors;

public sealed class MirrorNodesTests
{
    private const string Id = "vol-0123456789abcdef0";
    private const int MaxName = 31;

    [Fact]
    public void Every_node_has_a_name_that_QEMU_takes_and_belongs_to_its_volume()
    {
        string[] names = [MirrorNodes.TopOf(Id), MirrorNodes.SecondOf(Id), MirrorNodes.SecondFileOf(Id), MirrorNodes.StandInOf(Id), MirrorNodes.FilterOf(Id), new DiskNode(Id, 3).Name];

        names.ShouldAllBe(name => name.Length <= MaxName);
        names.Distinct().Count().ShouldBe(names.Length);
        names.Select(MirrorNodes.OwnerOf).ShouldAllBe(owner => owner == Id);
        MirrorNodes.OwnerOf("#block123").ShouldBeNull();
        MirrorNodes.OwnerOf("tpm-vol-1").ShouldBeNull();
    }

    [Fact]
    public void Copies_are_told_from_what_stands_in_for_them()
    {
        MirrorNodes.CopyOf(new DiskNode(Id, 2).Name).ShouldBe((Id, MirrorCopy.First));
        MirrorNodes.CopyOf(MirrorNodes.SecondOf(Id)).ShouldBe((Id, MirrorCopy.Second));
        MirrorNodes.CopyOf(MirrorNodes.StandInOf(Id)).ShouldBeNull();
        MirrorNodes.CopyOf(MirrorNodes.SecondFileOf(Id)).ShouldBeNull();
        MirrorNodes.CopyOf(new DiskNode(Id, 2).FileName).ShouldBeNull();
        MirrorNodes.CopyOf(null).ShouldBeNull();
    }

    [Fact]
    public void What_a_mirror_consists_of_is_read_from_the_graph()
    {
        var graph = new BlockGraph(
            [new(1, "disk0"), new(2, MirrorNodes.TopOf(Id)), new(3, Id), new(4, MirrorNodes.SecondOf(Id)), new(5, "other")],
            [new(1, 2, "root"), new(2, 4, "children.1"), new(2, 3, "children.0"), new(5, 3, "file")]);

        MirrorNodes.ChildrenOf(graph, Id).ShouldBe([("children.1", MirrorNodes.SecondOf(Id)), ("children.0", Id)]);
        MirrorNodes.ChildrenOf(graph, "vol-1").ShouldBeEmpty();
    }
}
