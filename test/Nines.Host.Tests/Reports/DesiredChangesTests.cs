using System.Collections.Immutable;
using Nines.Host.Api;
using Nines.Host.Reports;

namespace Nines.Host.Tests.Reports;

public sealed class DesiredChangesTests
{
    private static readonly ImmutableDictionary<string, VolumeSpec> s_before = Volumes("a", "b", "c");

    [Fact]
    public void Everything_new_changed_or_dropped_is_found_in_the_order_of_ids()
    {
        var after = s_before.Remove("b").SetItem("c", Volume("c") with { SizeGiB = 2 }).Add("0", Volume("0"));

        var changes = DesiredChanges.Between(s_before, after);

        changes.Changed.Select(volume => volume.Id).ShouldBe(["0", "c"]);
        changes.Dropped.ShouldBe(["b"]);
    }

    [Fact]
    public void What_is_named_and_no_different_is_no_change_and_what_is_not_named_is_not_looked_at()
    {
        var after = s_before.Remove("b").SetItem("c", Volume("c") with { SizeGiB = 2 });

        var changes = DesiredChanges.Between(s_before, after, ["a", "b", "b", "unknown"]);

        changes.Changed.ShouldBeEmpty();
        changes.Dropped.ShouldBe(["b"]);
    }

    [Fact]
    public void Changes_count_only_for_a_host_that_has_the_state_they_begin_at()
    {
        var next = new HostState { Generation = 7, Changes = new HostStateChanges { Since = 5 } };

        DesiredChanges.Named(new HostState { Generation = 5 }, next).ShouldBeSameAs(next.Changes);
        DesiredChanges.Named(new HostState { Generation = 6 }, next).ShouldBeNull();
        DesiredChanges.Named(new HostState { Generation = 0 }, next).ShouldBeNull();
        DesiredChanges.Named(new HostState { Generation = 5 }, next with { Changes = null }).ShouldBeNull();
    }

    private static ImmutableDictionary<string, VolumeSpec> Volumes(params string[] ids) => ids.Select(Volume).ToImmutableDictionary(volume => volume.Id);

    private static VolumeSpec Volume(string id) => new() { Id = id, SizeGiB = 1 };
}
