using System.Net.Sockets;
using Nines.Host.Processes;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Vms;

/// <summary>A machine's live process and the connection to its monitor, which is made again when it is lost.</summary>
internal sealed class QemuMachine(VmFiles files, ProcessIdentity process, TimeProvider time, Action<QmpEvent> onEvent, Action onClosed) : IAsyncDisposable
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan QuitTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);
    private QmpClient? _monitor;

    /// <summary>The process.</summary>
    public ProcessIdentity Process => process;

    /// <summary>The monitor, connected.</summary>
    /// <exception cref="QmpException">It does not answer.</exception>
    public async Task<QmpClient> MonitorAsync(CancellationToken cancellationToken)
    {
        if (_monitor is { Closed.IsCompleted: false })
        {
            return _monitor;
        }

        if (_monitor is not null)
        {
            await _monitor.DisposeAsync();
            _monitor = null;
        }

        try
        {
            _monitor = await QmpClient.ConnectAsync(files.MonitorSocket, CommandTimeout, time, onEvent, cancellationToken);
        }
        catch (SocketException exception)
        {
            throw new QmpException("connection", exception.Message, exception);
        }

        _ = _monitor.Closed.ContinueWith(_ => onClosed(), TaskScheduler.Default);
        return _monitor;
    }

    /// <summary>What there is of the guest. A process whose monitor does not answer counts as running: only its end is sure.</summary>
    public async Task<(GuestState Guest, string? RunState)> ObserveAsync(CancellationToken cancellationToken)
    {
        if (!ProcessTable.IsAlive(process))
        {
            return (GuestState.Absent, null);
        }

        try
        {
            var status = await (await MonitorAsync(cancellationToken)).QueryStatusAsync(cancellationToken);
            return (status.Status is "shutdown" ? GuestState.ShutDown : GuestState.Running, status.Status);
        }
        catch (QmpException)
        {
            return (ProcessTable.IsAlive(process) ? GuestState.Running : GuestState.Absent, null);
        }
    }

    /// <summary>Whether the process was asked to end, wrote out what it held, and ended.</summary>
    public bool HasQuit { get; private set; }

    /// <summary>Ends the process: politely, so that it writes out what it holds, then by force. Returns when it is gone.</summary>
    public async Task PowerOffAsync(CancellationToken cancellationToken)
    {
        var isAsked = true;
        try
        {
            await (await MonitorAsync(cancellationToken)).QuitAsync(cancellationToken);
        }
        catch (QmpException)
        {
            isAsked = false;
            ProcessTable.Kill(process);
        }

        var started = time.GetTimestamp();
        while (ProcessTable.IsAlive(process))
        {
            if (time.GetElapsedTime(started) > QuitTimeout)
            {
                isAsked = false;
                ProcessTable.Kill(process);
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        HasQuit = isAsked;
    }

    /// <summary>Lets go of the process; it lives on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_monitor is not null)
        {
            await _monitor.DisposeAsync();
            _monitor = null;
        }
    }
}
