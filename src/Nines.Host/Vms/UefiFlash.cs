using System.Buffers.Binary;

namespace Nines.Host.Vms;

/// <summary>The flash memory in which OVMF keeps its variables (EDK II: FirmwareVolumeHeader of MdePkg/Include/Pi, MdeModulePkg/Include/Guid/VariableFormat.h). Pure.</summary>
internal static class UefiFlash
{
    private const int HeaderLengthAt = 48;
    private const int StoreSizeAt = 16;
    private const int StoreHeaderBytes = 28;
    private const int VariableHeaderBytes = 60;
    private const int Alignment = 4;
    private const ushort Start = 0x55aa;

    /// <summary>A memory with more variables behind those that it has.</summary>
    /// <exception cref="VmStartException">It has no room for them, or is none.</exception>
    public static byte[] With(byte[] flash, ReadOnlySpan<byte> variables)
    {
        if (variables.IsEmpty)
        {
            return flash;
        }

        var store = flash.Length < HeaderLengthAt + 2 ? int.MaxValue : (int)BinaryPrimitives.ReadUInt16LittleEndian(flash.AsSpan(HeaderLengthAt));
        if (store > flash.Length - StoreHeaderBytes)
        {
            throw new VmStartException("The template of UEFI variables is none.");
        }

        var end = Math.Min(flash.Length, store + (long)BinaryPrimitives.ReadUInt32LittleEndian(flash.AsSpan(store + StoreSizeAt)));
        long at = store + StoreHeaderBytes;
        while (at <= end - VariableHeaderBytes && BinaryPrimitives.ReadUInt16LittleEndian(flash.AsSpan((int)at)) == Start)
        {
            var sizes = flash.AsSpan((int)at + 36);
            var length = VariableHeaderBytes + (long)BinaryPrimitives.ReadUInt32LittleEndian(sizes) + BinaryPrimitives.ReadUInt32LittleEndian(sizes[4..]);
            at += (length + Alignment - 1) / Alignment * Alignment;
        }

        if (variables.Length > end - at)
        {
            throw new VmStartException($"The UEFI variables take {variables.Length} bytes, and the firmware has {Math.Max(0, end - at)}.");
        }

        byte[] filled = [.. flash];
        variables.CopyTo(filled.AsSpan((int)at));
        return filled;
    }
}
