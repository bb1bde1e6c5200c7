using System.Buffers.Binary;
using System.Globalization;

namespace Nines.Host.Processes;

/// <summary>What a process has in its memory.</summary>
internal static class ProcessMappings
{
    private const int PageBytes = 4096;
    private const int EntryBytes = 8;
    private const int MaxRunPages = 1 << 12;

    /// <summary>A page that was written to and is the process's own: in memory or swapped out, and of no file (kernel documentation: pagemap).</summary>
    private const ulong IsThere = 3ul << 62;

    private const ulong IsOfFile = 1ul << 61;

    /// <summary>All mappings, in order.</summary>
    public static IReadOnlyList<ProcessMapping> Of(int pid) => Parse(File.ReadLines($"/proc/{pid}/smaps"));

    /// <summary>
    /// Reads lines of the form <c>7f00-7f10 rw-p 00000000 00:01 1027 /memfd:name (deleted)</c>, each followed by lines of the form <c>VmFlags: rd wr</c>.
    /// </summary>
    internal static IReadOnlyList<ProcessMapping> Parse(IEnumerable<string> smaps)
    {
        var mappings = new List<ProcessMapping>();
        foreach (var line in smaps)
        {
            var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (fields[0] == "VmFlags:")
            {
                mappings[^1] = mappings[^1] with { IsLeftOut = HasFlag(line, "dc"), IsInHugePages = HasFlag(line, "hg") };
            }
            else if (fields[0].Split('-') is [var start, var end] && fields is [_, { Length: 4 } permissions, var offset, ..])
            {
                mappings.Add(new(Hex(start), Hex(end) - Hex(start), permissions, (long)Hex(offset), fields.Length > 5 ? fields[5] : "", IsLeftOut: false, IsInHugePages: false));
            }
        }

        return mappings;
    }

    /// <summary>The pieces of a mapping that the process has written to, in order, each of a megabyte or few.</summary>
    public static IEnumerable<(ulong Start, int Length)> WrittenParts(int pid, ProcessMapping mapping)
    {
        using var pages = File.OpenHandle($"/proc/{pid}/pagemap");
        var buffer = new byte[MaxRunPages * EntryBytes];
        var (first, count) = (mapping.Start / PageBytes, (long)(mapping.Length / PageBytes));
        for (var done = 0L; done < count; done += MaxRunPages)
        {
            var length = RandomAccess.Read(pages, buffer.AsSpan(0, (int)Math.Min(MaxRunPages, count - done) * EntryBytes), (long)(first * EntryBytes) + (done * EntryBytes));
            var run = -1;
            for (var page = 0; page <= length / EntryBytes; page++)
            {
                var isWritten = page < length / EntryBytes && IsWritten(BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(page * EntryBytes)));
                if (isWritten && run < 0)
                {
                    run = page;
                }
                else if (!isWritten && run >= 0)
                {
                    yield return (mapping.Start + ((ulong)(done + run) * PageBytes), (page - run) * PageBytes);
                    run = -1;
                }
            }
        }
    }

    private static bool HasFlag(string line, string flag) => line.Split(' ').Contains(flag);

    private static bool IsWritten(ulong entry) => (entry & IsThere) != 0 && (entry & IsOfFile) == 0;

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
