using System.Globalization;
using System.Text.RegularExpressions;

namespace Nines.Bench;

/// <summary>What a guest does with a disk, the same in every guest, and how fast it was.</summary>
/// <param name="Write">Written in one piece past the guest's cache, MiB/s.</param>
/// <param name="Read">Read in one piece with an empty cache in the guest, MiB/s.</param>
/// <param name="Synced">4 KiB written in place in files of random order, each on the disk before the next, in one second.</param>
internal sealed partial record DiskWork(double Write, double Read, double Synced)
{
    /// <summary>
    /// A shell script whose first argument is the disk; its last line is <c>work WRITE READ SYNCED</c> in hundredths of a second. The chunk that is
    /// written is random: zeros would be holes. The file system is small, since busybox writes out all of its tables. Clocks count in hundredths, so each part takes
    /// seconds.
    /// </summary>
    public const string Script = """
        now() { read -r up _ </proc/uptime; echo "${up%.*}${up#*.}"; }
        disk=$1
        head -c 33554432 /dev/urandom >/run/chunk
        start=$(now)
        for at in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
          dd if=/run/chunk of=$disk bs=1M seek=$((at * 32)) oflag=direct conv=notrunc 2>/dev/null
        done
        sync
        write=$(($(now) - start))
        echo 3 >/proc/sys/vm/drop_caches
        start=$(now)
        dd if=$disk of=/dev/null bs=1M count=512 2>/dev/null
        read=$(($(now) - start))
        mke2fs $disk 262144 >/dev/null 2>&1
        mkdir -p /run/disk
        mount -t ext4 $disk /run/disk
        text=$(head -c 3072 /dev/urandom | base64 -w 0)
        for file in $(seq 1000); do echo -n "$text" >/run/disk/$file; done
        umount /run/disk
        mount -t ext4 -o sync $disk /run/disk
        order=$(seq 1000 | shuf)
        start=$(now)
        for file in $order; do echo -n "$text" 1<>/run/disk/$file; done
        synced=$(($(now) - start))
        umount /run/disk
        rm /run/chunk
        echo work $write $read $synced

        """;

    private const double Mebibytes = 512;
    private const double Files = 1000;

    /// <summary>Reads the script's last line.</summary>
    /// <exception cref="FormatException">It is not there.</exception>
    public static DiskWork Parse(string output)
    {
        var said = Said().Match(output);
        return said.Success ? new(Mebibytes / Seconds(1), Mebibytes / Seconds(2), Files / Seconds(3)) : throw new FormatException($"The guest said: {output}");

        double Seconds(int group) => Math.Max(1, int.Parse(said.Groups[group].Value, CultureInfo.InvariantCulture)) / 100d;
    }

    [GeneratedRegex(@"work (\d+) (\d+) (\d+)")]
    private static partial Regex Said();
}
