using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

/// <summary>On folders that stand for the kernel's.</summary>
public sealed class ControlGroupsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cgroup").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Version_1_has_a_folder_for_each_controller()
    {
        var groups = Groups(
            $"cgroup {_root}/cpu cgroup rw,relatime,cpu 0 0",
            $"cgroup {_root}/cpuacct cgroup rw,relatime,cpuacct 0 0",
            $"cgroup {_root}/memory cgroup rw,relatime,memory 0 0",
            $"cgroup2 {_root}/unified cgroup2 rw,relatime 0 0");

        groups.Create("i-1", cpuLimitPercent: 20, memoryMiB: 1024)
            .ShouldBe([$"{_root}/cpu/nines-x/i-1/cgroup.procs", $"{_root}/memory/nines-x/i-1/cgroup.procs"]);

        Read("cpu/nines-x/i-1/cpu.cfs_period_us").ShouldBe("100000");
        Read("cpu/nines-x/i-1/cpu.cfs_quota_us").ShouldBe("20000");
        Read("memory/nines-x/i-1/memory.limit_in_bytes").ShouldBe($"{(1024L + 256) << 20}");
        Directory.Exists($"{_root}/unified").ShouldBeFalse();
    }

    [Fact]
    public void Version_2_has_one_folder_whose_controllers_are_turned_on_above_it()
    {
        Directory.CreateDirectory($"{_root}/unified");
        var groups = Groups($"cgroup2 {_root}/unified cgroup2 rw,nosuid,nodev 0 0");

        groups.Create("i-1", cpuLimitPercent: 400, memoryMiB: 8192).ShouldBe([$"{_root}/unified/nines-x/i-1/cgroup.procs"]);

        Read("unified/cgroup.subtree_control").ShouldBe("+cpu +memory");
        Read("unified/nines-x/cgroup.subtree_control").ShouldBe("+cpu +memory");
        Read("unified/nines-x/i-1/cpu.max").ShouldBe("400000 100000");
        Read("unified/nines-x/i-1/memory.max").ShouldBe($"{(8192L + 256) << 20}");
    }

    [Fact]
    public void A_machine_without_control_groups_still_runs_machines() =>
        Groups("proc /proc proc rw 0 0").Create("i-1", 100, 1024).ShouldBeEmpty();

    [Fact]
    public void Groups_that_cannot_be_made_are_no_obstacle()
    {
        File.WriteAllText($"{_root}/file", "");

        Groups($"cgroup2 {_root}/file cgroup2 rw 0 0").Create("i-1", 100, 1024).ShouldBeEmpty();
    }

    private static ControlGroups Groups(params string[] mounts) =>
        new("nines-x", string.Join('\n', mounts) + "\n", TimeProvider.System, NullLogger<ControlGroups>.Instance);

    private string Read(string file) => File.ReadAllText(Path.Combine(_root, file));
}
