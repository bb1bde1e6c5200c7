using System.Net.Sockets;
using Nines.Host.Files;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Vms;

/// <summary>
/// A machine's state as the stream that QEMU sends when a machine moves. The hypervisor's sandbox lets it start no program and its
/// user open no file of root's, so the stream goes through a socket to the agent.
/// </summary>
internal static class MigrationStream
{
    /// <summary>A machine that stands still has nobody to be considerate of; QEMU's own limit is 128 MiB a second.</summary>
    private const long MaxBytesPerSecond = 64L << 30;

    /// <summary>The largest type's memory, through a slow disk.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <summary>Writes the state of a machine that stands still to a file, which is on the disk when this returns.</summary>
    /// <param name="user">The hypervisor's user, which must be able to connect.</param>
    /// <param name="ignoreShared">Whether memory that both sides map from one file is left out.</param>
    /// <param name="cipher">What the file is encrypted with, if it is.</param>
    /// <exception cref="QmpException">The hypervisor could not send it.</exception>
    public static Task SaveAsync(
        QmpClient monitor, HypervisorUser user, string socketPath, string path, bool ignoreShared, SavedMemoryCipher? cipher,
        TimeProvider time, CancellationToken cancellationToken) =>
        WithinAsync(time, token => SaveAsync(monitor, user, socketPath, path, ignoreShared, cipher, token), cancellationToken);

    /// <summary>Gives a machine that was started to wait for it (<c>-incoming defer</c>) a state, and returns when it has it.</summary>
    /// <exception cref="QmpException">The hypervisor does not understand the state.</exception>
    public static Task LoadAsync(
        QmpClient monitor, string socketPath, Stream state, bool ignoreShared, SavedMemoryCipher? cipher, TimeProvider time, CancellationToken cancellationToken) =>
        WithinAsync(time, token => LoadAsync(monitor, socketPath, state, ignoreShared, cipher, token), cancellationToken);

    /// <summary>A hypervisor that never connects, or never reads on, is one that refused.</summary>
    private static async Task WithinAsync(TimeProvider time, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await work(either.Token);
        }
        catch (OperationCanceledException exception) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new QmpException(Migrate.Name, $"not done within {Timeout.TotalMinutes:0} minutes", exception);
        }
    }

    private static async Task SaveAsync(
        QmpClient monitor, HypervisorUser user, string socketPath, string path, bool ignoreShared, SavedMemoryCipher? cipher, CancellationToken cancellationToken)
    {
        File.Delete(socketPath);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(socketPath));
        listener.Listen(1);
        await user.GiveAsync(cancellationToken, socketPath);
        await monitor.ExecuteAsync(new MigrateSetCapabilities([MigrationCapability.IgnoreShared(ignoreShared)]), cancellationToken);
        await monitor.ExecuteAsync(new MigrateSetParameters(MaxBytesPerSecond), cancellationToken);
        await monitor.ExecuteAsync(new Migrate($"unix:{socketPath}"), cancellationToken);
        using var connection = await listener.AcceptAsync(cancellationToken);
        await using var stream = new NetworkStream(connection);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = FileModes.OwnerOnly };
        await using (var file = new FileStream(path, options))
        {
            await (cipher is null ? stream.CopyToAsync(file, 1 << 20, cancellationToken) : cipher.EncryptAsync(stream, file, cancellationToken));
            await file.FlushAsync(cancellationToken);
            file.Flush(flushToDisk: true);
        }

        await monitor.WaitForMigrationAsync(cancellationToken);
    }

    private static async Task LoadAsync(
        QmpClient monitor, string socketPath, Stream state, bool ignoreShared, SavedMemoryCipher? cipher, CancellationToken cancellationToken)
    {
        await monitor.ExecuteAsync(new MigrateSetCapabilities([MigrationCapability.IgnoreShared(ignoreShared)]), cancellationToken);
        await monitor.ExecuteAsync(new MigrateIncoming($"unix:{socketPath}"), cancellationToken);
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
            await using var stream = new NetworkStream(socket);
            await (cipher is null ? state.CopyToAsync(stream, 1 << 20, cancellationToken) : cipher.DecryptAsync(state, stream, cancellationToken));
            socket.Shutdown(SocketShutdown.Send);
        }

        await monitor.WaitForMigrationAsync(cancellationToken);
    }
}
