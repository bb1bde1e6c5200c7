using FsCheck;
using FsCheck.Fluent;
using Nines.Host.Images;

namespace Nines.Host.Tests.Images;

public sealed class Qcow2HeaderTests
{
    [Fact]
    public void Other_files_are_not_qcow2() => Qcow2Header.Parse("KDMV and more"u8).ShouldBeNull();

    [Fact]
    public void A_header_that_is_cut_short_is_refused() => Should.Throw<ImageException>(() => Qcow2Header.Parse("QFI\u00fb"u8[..3].ToArray().Append((byte)0xfb).ToArray()));

    [Fact]
    public void Any_bytes_are_read_or_refused() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes =>
                {
                    try
                    {
                        Qcow2Header.Parse([0x51, 0x46, 0x49, 0xfb, .. bytes]);
                    }
                    catch (ImageException)
                    {
                        // Refused.
                    }

                    return true;
                })
            .QuickCheckThrowOnFailure();
}
