namespace Nines.Host.Simulated;

/// <summary>The firmware of a simulated machine, which boots nothing.</summary>
internal static class SimulatedFirmware
{
    /// <summary>A flash memory without any variable: the headers of its volume and of its store, and what is erased.</summary>
    public static readonly ReadOnlyMemory<byte> NoVariables = Convert.FromHexString(
        "000000000000000000000000000000008D2BF1FF96768B4CA9852747075B4F5000400800000000005F465648FFFE04004800AFB8000000028400000000100000"
        + "0000000000000000782CF3AA7B949A43A1802E144EC37792B8FF03005AFE000000000000FFFFFFFF");
}
