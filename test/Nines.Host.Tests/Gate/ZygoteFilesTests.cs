using Nines.Host.Gate;
using Nines.Host.Processes;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Gate;

public sealed class ZygoteFilesTests
{
    private const string Disk = "/state/gate/zygote/disk.qcow2";
    private static readonly VmFiles s_files = new(new() { HostId = "host-1", StateDirectory = "/state", RunDirectory = "/run/n", ImagesDirectory = "/images" }, "i-gate0123456789abc");

    private static ProcessDescriptor[] Usual =>
    [
        new(0, "/dev/null", 0), new(1, s_files.QemuLog, 0x401), new(2, s_files.QemuLog, 0x401), new(3, "/dev/urandom", 0), new(4, "anon_inode:[eventfd]", 0x802),
        new(5, "anon_inode:[signalfd]", 0x802), new(6, "anon_inode:[eventfd]", 0x802), new(8, "socket:[1]", 2, s_files.MonitorSocket, IsListening: true),
        new(9, "/memfd:nines-kept (deleted)", 2), new(10, "/memfd:nines-freed (deleted)", 2), new(11, s_files.ConsoleLog, 0x401), new(12, "socket:[2]", 2, s_files.ConsoleSocket, IsListening: true),
        new(13, "socket:[3]", 2, s_files.GateSocket, IsListening: true), new(14, Disk, 2), new(15, "/images/kept/disk.qcow2", 0), new(17, "/dev/net/tun", 2),
        new(19, "socket:[4]", 2, s_files.GateSocket),
    ];

    [Fact]
    public void What_must_be_a_forks_own_is_told_from_what_all_share()
    {
        var files = ZygoteFiles.Of(Usual, s_files, Disk);

        files.Counters.Select(counter => counter.Number).ShouldBe([4, 6]);
        (files.Monitor, files.Console, files.Gate, files.Host, files.Tap).ShouldBe((8, 12, 13, 19, 17));
        files.Places.ShouldBe([4, 6, 8, 12, 13, 19, 17, 11, 1, 2]);
    }

    [Theory]
    [InlineData("anon_inode:[io_uring]")]
    [InlineData("socket:[77]")]
    [InlineData("/state/machines/i-1/uefi-vars.fd")]
    [InlineData("/dev/kvm")]
    [InlineData("/memfd:another (deleted)")]
    public void A_hypervisor_that_has_something_else_open_is_not_forked(string target) =>
        Should.Throw<VmStartException>(() => ZygoteFiles.Of([.. Usual, new(30, target, 2)], s_files, Disk)).Message.ShouldContain(target);

    [Fact]
    public void What_waits_for_nothing_is_made_anew_and_what_waits_is_not_known_how_to()
    {
        var set = new ProcessDescriptor(30, "anon_inode:[eventpoll]", 2);

        ZygoteFiles.Of([.. Usual, set], s_files, Disk).Places.ShouldContain(30);
        Should.Throw<VmStartException>(() => ZygoteFiles.Of([.. Usual, set with { IsWaiting = true }], s_files, Disk)).Message.ShouldContain("eventpoll");
    }

    [Theory]
    [InlineData(8)]
    [InlineData(17)]
    [InlineData(19)]
    public void Nor_is_one_that_lacks_what_it_must_have(int number) =>
        Should.Throw<VmStartException>(() => ZygoteFiles.Of([.. Usual.Where(descriptor => descriptor.Number != number)], s_files, Disk)).Message.ShouldContain("exactly one");
}
