using System.Collections.Immutable;

namespace Nines.Host.Gate;

/// <summary>A kept guest that copies can be made of: its memory is loaded.</summary>
internal sealed class KeptGuest(string id, KeptGuestRecord record, SealedMemory memory, byte[] state, byte[] console) : IDisposable
{
    private const int TagDigits = 16;
    private const int BootIdCharacters = 36;

    /// <summary>Which one.</summary>
    public string Id => id;

    /// <summary>Which keeping of it; see <see cref="KeptGuests.TagOf"/>.</summary>
    public string Tag => TagOf(id, record);

    public KeptGuestRecord Record => record;

    /// <summary>The guest's memory; nobody can write to it.</summary>
    public SealedMemory Memory => memory;

    /// <summary>The devices' state as it was kept.</summary>
    public byte[] State => state;

    /// <summary>The boot id that it was kept with, or <see langword="null"/>.</summary>
    public string? BootId => record.HasBootId && record.MemoryMarks.FirstOrDefault(mark => mark.Form == MachineIdentity.BootIdText) is { Form: > 0 } mark
        ? System.Text.Encoding.ASCII.GetString(memory.Read(mark.Offset, BootIdCharacters))
        : null;

    /// <summary>What its serial console had said, with a copy's identity.</summary>
    public byte[] ConsoleOf(ImmutableArray<byte[]> forms) => With(forms, record.ConsoleMarks, console);

    /// <summary>The devices' state of a copy (a migration stream) with the copy's identity.</summary>
    public byte[] StateOf(ImmutableArray<byte[]> forms) => With(forms, record.StateMarks, state);

    /// <summary>See <see cref="KeptGuests.TagOf"/>.</summary>
    public static string TagOf(string id, KeptGuestRecord record) => $"{id}-{record.MemoryDigest[..TagDigits]}";

    /// <summary>The guest that a keeping is of.</summary>
    public static string IdOf(string tag) => tag.Split('-')[0];

    /// <summary>Lets go of the memory; copies that run keep it.</summary>
    public void Dispose() => memory.Dispose();

    private static byte[] With(ImmutableArray<byte[]> forms, ImmutableArray<IdentityMark> marks, byte[] kept)
    {
        var copy = kept.AsSpan().ToArray();
        IdentityMarks.Write(forms, marks, copy);
        return copy;
    }
}
