using System.Collections.Immutable;

namespace Nines.Host.Gate;

/// <summary>A kept guest that copies can be made of: its memory is loaded.</summary>
internal sealed class KeptGuest(string id, KeptGuestRecord record, SealedMemory memory, byte[] state, byte[] console) : IDisposable
{
    /// <summary>Which one.</summary>
    public string Id => id;

    public KeptGuestRecord Record => record;

    /// <summary>The guest's memory; nobody can write to it.</summary>
    public SealedMemory Memory => memory;

    /// <summary>What its serial console had said, with a copy's identity.</summary>
    public byte[] ConsoleOf(ImmutableArray<byte[]> forms) => With(forms, record.ConsoleMarks, console);

    /// <summary>The devices' state of a copy (a migration stream) with the copy's identity.</summary>
    public byte[] StateOf(ImmutableArray<byte[]> forms) => With(forms, record.StateMarks, state);

    /// <summary>Lets go of the memory; copies that run keep it.</summary>
    public void Dispose() => memory.Dispose();

    private static byte[] With(ImmutableArray<byte[]> forms, ImmutableArray<IdentityMark> marks, byte[] kept)
    {
        var copy = kept.AsSpan().ToArray();
        IdentityMarks.Write(forms, marks, copy);
        return copy;
    }
}
