using System.Text.Json;
using Nines.Host.Processes;

namespace Nines.Host.Nbd;

/// <summary>Says which parts of an exported disk hold data, or were written to.</summary>
/// <param name="commands">Runs <c>qemu-img</c>, which asks.</param>
internal sealed class NbdExtents(IHostCommands commands)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The parts that hold data, or those that a bitmap notes as written to. <c>qemu-img map</c> shows such a note as what is neither data nor zero: it asks for
    /// the notes in the place of what it would ask for (QEMU: BlockdevOptionsNbd, x-dirty-bitmap).
    /// </summary>
    /// <param name="bitmap">The bitmap, which is exported with the disk; <see langword="null"/>: what holds data.</param>
    /// <exception cref="HostCommandException">The disk is not exported, or not any more.</exception>
    public async Task<IReadOnlyList<(long Start, long Length)>> ReadAsync(string socketPath, string export, string? bitmap, CancellationToken cancellationToken)
    {
        var place = $"driver=nbd,server.type=unix,server.path={socketPath.Replace(",", ",,", StringComparison.Ordinal)},export={export}";
        var asked = bitmap is null ? place : $"{place},x-dirty-bitmap=qemu:dirty-bitmap:{bitmap}";
        var result = await commands.RunAsync(
            new HostCommand("qemu-img", ["map", "--output=json", "--image-opts", asked]) { Timeout = Timeout, MaxOutputCharacters = MaxOutputCharacters }, cancellationToken);
        using var map = JsonDocument.Parse(result.Output);
        return
        [
            .. map.RootElement.EnumerateArray().Where(extent => extent.GetProperty("data").GetBoolean() == bitmap is null)
                .Select(extent => (extent.GetProperty("start").GetInt64(), extent.GetProperty("length").GetInt64())),
        ];
    }

    /// <summary>A line for every change from data to none: a disk of a terabyte that is written here and there has a million.</summary>
    private const int MaxOutputCharacters = 1 << 28;
}
