using Nines.Host.Gate;

namespace Nines.Host.Tests.Gate;

public sealed class IdentityMarksTests
{
    private static readonly MachineIdentity Kept = new("ec2aaaaa-1111-4222-a333-444455556666", "i-gate0123456789abc", "06:9e:5a:d3:71:c8", "0f1e2d3c-4b5a-4968-8776-655443322110");
    private static readonly MachineIdentity Copy = new("ec2bbbbb-9999-4888-a777-666655554444", "i-0123456789abcdef0", "02:00:00:00:00:07", "a0b1c2d3-e4f5-4607-9819-2a3b4c5d6e7f");

    [Fact]
    public void Every_part_of_an_identity_has_a_form_of_the_same_length_in_every_machine() =>
        Kept.Forms().Select(form => form.Length).ShouldBe(Copy.Forms().Select(form => form.Length));

    [Fact]
    public void A_copy_has_its_own_identity_wherever_the_kept_guest_had_its()
    {
        var random = new Random(7);
        var memory = new byte[1 << 16];
        random.NextBytes(memory);
        var places = new List<(int Form, int Offset)>();
        foreach (var (form, number) in Kept.Forms().Select((form, number) => (form, number)))
        {
            foreach (var offset in new[] { (number * 5000) + random.Next(1000), (number * 5000) + 2000 + random.Next(1000) })
            {
                form.CopyTo(memory.AsSpan(offset));
                places.Add((number, offset));
            }
        }

        var marks = IdentityMarks.Find(Kept.Forms(), memory, offset: 0).ToList();
        IdentityMarks.Write(Copy.Forms(), marks, memory);

        marks.Select(mark => (mark.Form, (int)mark.Offset)).ShouldBe(places, ignoreOrder: true);
        IdentityMarks.Find(Kept.Forms(), memory, 0).ShouldBeEmpty();
        IdentityMarks.Find(Copy.Forms(), memory, 0).Count().ShouldBe(places.Count);
    }

    [Fact]
    public void Places_are_counted_from_the_beginning_of_the_memory_and_not_of_the_piece() =>
        IdentityMarks.Find(Kept.Forms(), Kept.Forms()[3], offset: 1L << 33).ShouldBe([new IdentityMark(3, 1L << 33)]);

    [Fact]
    public void A_guest_that_has_no_boot_id_yet_has_no_place_for_one() =>
        (Kept with { BootId = null }).Forms().Length.ShouldBe(Kept.Forms().Length - 2);
}
