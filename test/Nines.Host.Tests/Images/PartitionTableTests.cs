using FsCheck;
using FsCheck.Fluent;
using Nines.Host.Images;

namespace Nines.Host.Tests.Images;

public sealed class PartitionTableTests
{
    [Fact]
    public void A_GPT_disk_without_a_BIOS_partition_starts_only_by_UEFI() =>
        PartitionTable.Parse(Disks.Gpt(Disks.LinuxData, Disks.EfiSystem)).ShouldBe(new PartitionTable(true, false));

    [Fact]
    public void A_GPT_disk_with_both_can_do_both() =>
        PartitionTable.Parse(Disks.Gpt(Disks.BiosBoot, Disks.EfiSystem, Disks.LinuxData)).ShouldBe(new PartitionTable(true, true));

    [Fact]
    public void A_GPT_disk_with_neither_cannot_start() =>
        PartitionTable.Parse(Disks.Gpt(Disks.LinuxData)).ShouldBe(new PartitionTable(false, false));

    [Fact]
    public void An_older_table_may_have_an_EFI_partition() =>
        PartitionTable.Parse(Disks.Mbr(0xef)).ShouldBe(new PartitionTable(true, true));

    [Fact]
    public void Any_bytes_are_read_without_failing() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes =>
                {
                    var disk = Disks.Gpt(Disks.EfiSystem);
                    bytes.AsSpan(0, Math.Min(bytes.Length, 400)).CopyTo(disk.AsSpan(512 + 72));
                    PartitionTable.Parse(disk);
                    PartitionTable.Parse(bytes);
                    return true;
                })
            .QuickCheckThrowOnFailure();
}
