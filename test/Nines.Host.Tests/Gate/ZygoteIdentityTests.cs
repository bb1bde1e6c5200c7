using System.Collections.Immutable;
using System.Text;
using Nines.Host.Gate;

namespace Nines.Host.Tests.Gate;

public sealed class ZygoteIdentityTests
{
    private static readonly MachineIdentity s_zygote = new("ec2aaaaa-1111-4222-a333-444455556666", "i-gate0123456789abc", "06:9e:5a:d3:71:c8", null);
    private static readonly MachineIdentity s_fork = new("ec2bbbbb-1111-4222-a333-444455556666", "i-0123456789abcdef0", "02:00:00:00:00:01", null);

    [Fact]
    public void A_disks_serial_number_and_the_machines_generation_are_replaced_too()
    {
        var generation = Guid.Parse("00112233-4455-4677-8899-aabbccddeeff");

        var forms = ZygoteIdentity.FormsOf(s_zygote, "kept-0123456789abcdef", generation);

        forms.Length.ShouldBe(s_zygote.Forms().Length + 3);
        Encoding.ASCII.GetString(forms[5]).ShouldBe("kept0123456789abcdef");
        Convert.ToHexStringLower(forms[6]).ShouldBe("00112233445546778899aabbccddeeff");
        Convert.ToHexStringLower(forms[7]).ShouldBe("33221100554477468899aabbccddeeff");
        ZygoteIdentity.FormsOf(s_fork, "vol-0123456789abcdef0", generation).Select(form => form.Length).ShouldBe(forms.Select(form => form.Length), "one takes the other's place");
    }

    [Fact]
    public async Task It_is_found_wherever_a_process_has_written_it_and_where_it_was_kept()
    {
        var forms = ZygoteIdentity.FormsOf(s_zygote, "kept-0123456789abcdef", Guid.Parse("5f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0"));
        using var memory = await SealedMemory.CreateAsync(1 << 20, file => RandomAccess.WriteAsync(file, forms[0], 5000).AsTask());
        using var mapping = new MappedFile(memory.Path, 1 << 20);
        mapping.Write(70_000, forms[3]);
        var start = (long)mapping.Address;

        var found = ZygoteIdentity.Find(Environment.ProcessId, forms, [new(0, 5000), new(1, 9000)]);

        found.Marks.ShouldContain(new IdentityMark(0, start + 5000));
        found.Marks.ShouldContain(new IdentityMark(3, start + 70_000));
        found.Marks.ShouldNotContain(mark => mark.Form == 1 && mark.Offset == start + 9000, "the guest has something else there now");
        found.Lengths.ShouldBe(forms.Select(form => form.Length));
    }

    [Fact]
    public void A_process_without_its_guests_memory_is_no_zygote() =>
        Should.Throw<Nines.Host.Vms.VmStartException>(() => ZygoteIdentity.Find(Environment.ProcessId, s_zygote.Forms(), [])).Message.ShouldContain("not mapped");
}
