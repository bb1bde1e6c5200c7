using System.Collections.Immutable;
using System.Text;
using Nines.Host.Forks;
using Nines.Host.Processes;
using Nines.Host.Vms;

namespace Nines.Host.Gate;

/// <summary>Where a zygote's memory, its guest's and its own, holds what each fork must have otherwise.</summary>
/// <param name="Marks">The places: their offsets are addresses.</param>
/// <param name="Lengths">How long each form is.</param>
internal sealed record ZygoteIdentity(ImmutableArray<IdentityMark> Marks, ImmutableArray<int> Lengths)
{
    /// <summary>The ways in which an identity lies in a hypervisor: the guest's, the root disk's serial number, and the generation of the machine in both byte orders.</summary>
    public static ImmutableArray<byte[]> FormsOf(MachineIdentity identity, string volumeId, Guid generation) =>
        [.. identity.Forms(), Encoding.ASCII.GetBytes(QemuCommandLine.SerialOf(volumeId)), generation.ToByteArray(bigEndian: true), generation.ToByteArray()];

    /// <summary>Looks through all that a frozen process has written to.</summary>
    /// <param name="kept">The places in its guest's memory that were known when it was kept, and that the guest may not have touched since.</param>
    /// <exception cref="VmStartException">Its guest's memory is not where it should be.</exception>
    public static ZygoteIdentity Find(int pid, ImmutableArray<byte[]> forms, ImmutableArray<IdentityMark> kept)
    {
        var marks = new HashSet<IdentityMark>();
        var longest = forms.Max(form => form.Length);
        using var memory = ProcessMemory.Open(pid);
        var mappings = ProcessMappings.Of(pid);
        foreach (var mapping in mappings.Where(mapping => mapping.IsOwnData))
        {
            foreach (var (start, length) in ProcessMappings.WrittenParts(pid, mapping))
            {
                // A value may begin before the part, or end behind it, in what was not written to.
                var from = Math.Max(mapping.Start, start - (ulong)longest);
                var data = new byte[Math.Min(mapping.Start + mapping.Length, start + (ulong)(length + longest)) - from];
                marks.UnionWith(IdentityMarks.Find(forms, data.AsMemory(0, RandomAccess.Read(memory, data, (long)from)), (long)from));
            }
        }

        var guest = mappings.FirstOrDefault(mapping => mapping.File.StartsWith(SealedMemory.MappingName, StringComparison.Ordinal))
            ?? throw new VmStartException("The hypervisor has not mapped its guest's memory.");
        foreach (var mark in kept)
        {
            var address = (long)guest.Start + mark.Offset;
            var there = new byte[forms[mark.Form].Length];
            if (RandomAccess.Read(memory, there, address) == there.Length && there.AsSpan().SequenceEqual(forms[mark.Form]))
            {
                marks.Add(new(mark.Form, address));
            }
        }

        return new([.. marks.OrderBy(mark => mark.Offset)], [.. forms.Select(form => form.Length)]);
    }

    /// <summary>Gives a fork an identity.</summary>
    /// <exception cref="IOException">It does not fit.</exception>
    public void Give(ProcessFork fork, ImmutableArray<byte[]> forms)
    {
        if (!forms.Select(form => form.Length).SequenceEqual(Lengths))
        {
            throw new IOException("A machine's identity is not as long as that of its zygote.");
        }

        foreach (var mark in Marks)
        {
            fork.Write((ulong)mark.Offset, forms[mark.Form]);
        }
    }
}
