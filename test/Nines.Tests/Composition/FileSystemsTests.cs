using Nines.Composition;

namespace Nines.Tests.Composition;

public sealed class FileSystemsTests
{
    private static readonly string[] Mounts =
    [
        "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
        "23 22 0:21 / /proc rw - proc proc rw",
        "40 22 8:16 / /srv/second\\040disk rw - ext4 /dev/sdb rw",
        "41 22 8:32 / /srv/late rw - ext4 /dev/sdc rw",
        "42 22 8:48 / /srv/late rw - ext4 /dev/sdd rw",
    ];

    [Theory]
    [InlineData("/var/lib/nines", "254:0")]
    [InlineData("/srv/second disk/copies", "8:16")]
    [InlineData("/srv/second disk", "8:16")]
    [InlineData("/srv/second diskette", "254:0")]
    [InlineData("/srv/late/x", "8:48")]
    public void A_folder_lies_on_what_is_mounted_nearest_above_it(string folder, string device) => FileSystems.DeviceOf(Mounts, folder).ShouldBe(device);

    [Fact]
    public void Folders_of_one_file_system_are_lost_together()
    {
        FileSystems.AreOne("/proc", "/proc/self").ShouldBeTrue();
        FileSystems.AreOne("/proc", "/").ShouldBeFalse();
    }
}
