using System.Buffers.Binary;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public sealed class UefiFlashTests
{
    private const int HeaderBytes = 72;
    private const int StoreBytes = 400;

    [Fact]
    public void Variables_come_behind_those_that_are_there()
    {
        byte[] known = Variable(nameBytes: 4, dataBytes: 3), own = Variable(nameBytes: 2, dataBytes: 6);
        var flash = Flash(known);

        var filled = UefiFlash.With(flash, own);

        filled.Length.ShouldBe(flash.Length);
        var at = HeaderBytes + 28 + 68;
        filled[..at].ShouldBe(flash[..at]);
        filled.AsSpan(at, own.Length).ToArray().ShouldBe(own);
        filled[(at + own.Length)..].ShouldBe(flash[(at + own.Length)..]);
        UefiFlash.With(flash, []).ShouldBeSameAs(flash);
    }

    [Fact]
    public void What_has_no_room_is_not_cut_off()
    {
        var room = StoreBytes - 28 - 68;
        UefiFlash.With(Flash(Variable(4, 3)), new byte[room]).Length.ShouldBe(HeaderBytes + StoreBytes + 100);

        Should.Throw<VmStartException>(() => UefiFlash.With(Flash(Variable(4, 3)), new byte[room + 1])).Message.ShouldContain($"the firmware has {room}");
        Should.Throw<VmStartException>(() => UefiFlash.With(new byte[10], new byte[1]));
    }

    /// <summary>What follows the store is the firmware's own.</summary>
    private static byte[] Flash(byte[] variable)
    {
        var flash = new byte[HeaderBytes + StoreBytes + 100];
        Array.Fill(flash, (byte)0xff);
        BinaryPrimitives.WriteUInt16LittleEndian(flash.AsSpan(48), HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(flash.AsSpan(HeaderBytes + 16), StoreBytes);
        variable.CopyTo(flash, HeaderBytes + 28);
        return flash;
    }

    private static byte[] Variable(int nameBytes, int dataBytes)
    {
        var bytes = new byte[60 + nameBytes + dataBytes];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, 0x55aa);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(36), nameBytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), dataBytes);
        return bytes;
    }
}
