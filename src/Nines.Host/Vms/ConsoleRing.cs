using System.Globalization;
using Nines.Host.Processes;

namespace Nines.Host.Vms;

/// <summary>
/// Bounds the serial log on disk. The hypervisor appends and must not be disturbed, so what is old is punched out of the
/// file (fallocate(2)): no byte is copied or lost, and the file holds only its newest part.
/// </summary>
internal sealed class ConsoleRing(VmFiles files, IHostCommands commands)
{
    /// <summary>How much of the end is always kept.</summary>
    public const long KeptBytes = 1 << 20;

    private const long BlockBytes = 4096;
    private long _punchedBytes;

    /// <summary>Frees what is older than the newest <see cref="KeptBytes"/>, once it is worth it.</summary>
    public async Task TrimAsync(CancellationToken cancellationToken)
    {
        var length = File.Exists(files.ConsoleLog) ? new FileInfo(files.ConsoleLog).Length : 0;
        _punchedBytes = Math.Min(_punchedBytes, length);
        if (length - _punchedBytes <= 2 * KeptBytes)
        {
            return;
        }

        var end = (length - KeptBytes) / BlockBytes * BlockBytes;
        await commands.RunAsync(
            new("fallocate", "--punch-hole", "--offset", "0", "--length", end.ToString(CultureInfo.InvariantCulture), files.ConsoleLog),
            cancellationToken);
        _punchedBytes = end;
    }

    /// <summary>The newest output, at most <paramref name="maxBytes"/> and <see cref="KeptBytes"/>.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(int maxBytes, CancellationToken cancellationToken)
    {
        if (!File.Exists(files.ConsoleLog))
        {
            return default;
        }

        await using var file = new FileStream(files.ConsoleLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var count = (int)Math.Min(Math.Min(maxBytes, KeptBytes), file.Length);
        file.Seek(-count, SeekOrigin.End);
        var bytes = new byte[count];
        var read = await file.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false, cancellationToken);
        return bytes.AsMemory(0, read);
    }
}
