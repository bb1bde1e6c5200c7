namespace Nines.Host.Vms.Qmp;

/// <summary><c>nbd-server-start</c>: disks can be read over a socket, as far as they are exported.</summary>
/// <param name="Addr">Where it listens.</param>
internal sealed record NbdServerStart(NbdServerStart.Address Addr) : IQmpCommand<QmpNothing>
{
    public static string Name => "nbd-server-start";

    /// <summary>A unix socket.</summary>
    /// <param name="Data">Its path.</param>
    internal sealed record Address(Address.Socket Data)
    {
        public string Type { get; } = "unix";

        internal sealed record Socket(string Path);
    }
}
