using System.Net.Sockets;
using Nines.Host.Api;
using Nines.Host.Files;
using Nines.Host.Processes;

namespace Nines.Host.Vms;

/// <summary>
/// The TPMs of machines: a process for each (swtpm(8)), which ends when the hypervisor that it was started for lets go of it. What a TPM keeps
/// lies beside its machine's record.
/// </summary>
internal sealed class TpmEmulator(IHostCommands commands, HypervisorUser user, TimeProvider time)
{
    /// <summary>How the argument begins that names the socket of such a process.</summary>
    public const string SocketArgument = "type=unixio,";

    private const string Program = "swtpm";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>Starts a machine's TPM and waits until a hypervisor can be started with it. The first time, it is made, and its endorsement keys are noted.</summary>
    /// <exception cref="VmStartException">It does not come up.</exception>
    /// <exception cref="HostCommandException">The program is not there.</exception>
    public async Task StartAsync(VmFiles files, IReadOnlyList<string> joins, CancellationToken cancellationToken)
    {
        await EndAsync(files, cancellationToken);
        Directory.CreateDirectory(files.TpmState, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await user.GiveAsync(cancellationToken, files.TpmState);
        if (!Enum.GetValues<TpmKeyType>().All(type => File.Exists(files.TpmKey(type))))
        {
            await MakeAsync(files, joins, cancellationToken);
        }

        await SpawnAsync(files, joins, [], files.TpmSocket, cancellationToken);
    }

    /// <summary>Ends a machine's TPM; returns when it is gone.</summary>
    public async Task EndAsync(VmFiles files, CancellationToken cancellationToken)
    {
        if (Find(files) is { } process)
        {
            ProcessTable.Kill(process);
            var started = time.GetTimestamp();
            while (ProcessTable.IsAlive(process) && time.GetElapsedTime(started) < Timeout)
            {
                await Task.Delay(PollInterval, time, cancellationToken);
            }
        }

        File.Delete(files.TpmPidFile);
    }

    /// <summary>Has a TPM make its seeds and say its endorsement keys, which follow from them.</summary>
    private async Task MakeAsync(VmFiles files, IReadOnlyList<string> joins, CancellationToken cancellationToken)
    {
        await SpawnAsync(files, joins, ["--server", $"{SocketArgument}path={files.TpmCommandSocket}", "--flags", "startup-clear"], files.TpmCommandSocket, cancellationToken);
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await using var stream = await ConnectAsync(files.TpmCommandSocket, either.Token);
            foreach (var type in Enum.GetValues<TpmKeyType>())
            {
                await stream.WriteAsync(TpmCommands.CreateEndorsementKey(type), either.Token);
                var (handle, publicArea) = TpmCommands.ReadCreated(await TpmCommands.ReceiveAsync(stream, either.Token));
                await stream.WriteAsync(TpmCommands.Flush(handle), either.Token);
                await TpmCommands.ReceiveAsync(stream, either.Token);
                await DurableFile.WriteAsync(files.TpmKey(type), publicArea, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is SocketException or EndOfStreamException or InvalidDataException)
        {
            throw new VmStartException($"The machine's TPM could not be made: {exception.Message}");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new VmStartException("The machine's TPM was not made in time.");
        }

        await EndAsync(files, cancellationToken);
    }

    /// <summary>Connects to a socket that is there; it may be a moment until somebody listens.</summary>
    private async Task<NetworkStream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionRefused)
            {
                socket.Dispose();
                await Task.Delay(PollInterval, time, cancellationToken);
            }
        }
    }

    private async Task SpawnAsync(VmFiles files, IReadOnlyList<string> joins, string[] more, string socket, CancellationToken cancellationToken)
    {
        string[] words =
        [
            "setpriv", .. user.BecomeArguments(), Program, "socket", "--tpm2", "--tpmstate", $"dir={files.TpmState},mode=0600",
            "--ctrl", $"{SocketArgument}path={files.TpmSocket},mode=0600", "--terminate", .. more,
        ];
        File.Delete(files.TpmSocket);
        await commands.RunAsync(DetachedCommand.Of(files.TpmPidFile, files.QemuLog, joins, words), cancellationToken);
        var started = time.GetTimestamp();
        while (!File.Exists(socket) || !File.Exists(files.TpmSocket))
        {
            if (time.GetElapsedTime(started) > Timeout || (DetachedCommand.ReadPid(files.TpmPidFile) is { } pid && ProcessTable.Find(pid) is null))
            {
                throw new VmStartException($"The machine's TPM did not come up: {File.ReadAllText(files.QemuLog).Trim()}");
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private static ProcessIdentity? Find(VmFiles files) =>
        DetachedCommand.ReadPid(files.TpmPidFile) is { } pid && ProcessTable.Find(pid) is { } found
        && ProcessTable.ArgumentsOf(pid).Any(argument => argument.Contains(files.TpmSocket, StringComparison.Ordinal))
            ? found
            : null;
}
