using System.Buffers.Binary;
using Nines.Host.Api;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public sealed class TpmCommandsTests
{
    [Theory]
    [InlineData(TpmKeyType.Rsa2048, 355)]
    [InlineData(TpmKeyType.EccSecP384, 115)]
    public void A_command_says_its_own_length(TpmKeyType type, int length)
    {
        var command = TpmCommands.CreateEndorsementKey(type);

        command.Length.ShouldBe(length);
        BinaryPrimitives.ReadUInt32BigEndian(command.AsSpan(2)).ShouldBe((uint)length);
        Convert.ToHexString(TpmCommands.Flush(0x80000001)).ShouldBe("80010000000E0000016580000001");
    }

    [Fact]
    public void A_key_is_read_from_the_answer()
    {
        var (handle, area) = TpmCommands.ReadCreated([0x80, 0, 0, 1, 0, 0, 0, 9, 0, 3, 1, 2, 3, 9, 9]);

        handle.ShouldBe(0x80000001);
        area.ShouldBe([1, 2, 3]);
        Should.Throw<InvalidDataException>(() => TpmCommands.ReadCreated([0x80, 0, 0, 1, 0, 0, 0, 9, 0, 3, 1, 2]));
    }

    [Fact]
    public async Task A_refusal_is_told_with_its_code()
    {
        var refused = new MemoryStream([0x80, 1, 0, 0, 0, 10, 0, 0, 1, 1]);
        (await Should.ThrowAsync<InvalidDataException>(() => TpmCommands.ReceiveAsync(refused, TestContext.Current.CancellationToken))).Message.ShouldContain("0x101");

        var endless = new MemoryStream([0x80, 1, 0xff, 0, 0, 10, 0, 0, 0, 0]);
        await Should.ThrowAsync<InvalidDataException>(() => TpmCommands.ReceiveAsync(endless, TestContext.Current.CancellationToken));
    }
}
