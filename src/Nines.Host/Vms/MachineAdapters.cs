using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Nines.Host.Api;
using Nines.Host.Networks;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Vms;

/// <summary>
/// Plugs adapters into a machine that runs and takes them out, and pulls their cables. Level-triggered: a round asks the hypervisor what
/// is there, and knows an adapter by its hardware address. The primary adapter stays.
/// </summary>
/// <param name="openTap">Opens an adapter's tap.</param>
internal sealed class MachineAdapters(Func<VmInterface, SafeHandle> openTap, TimeProvider time)
{
    /// <summary>A guest that did not hear, or was not able to let go, is asked again after this; by then its cable is out.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, long> _asked = [];
    private readonly Dictionary<string, bool> _links = [];
    private readonly HashSet<int> _withoutBackend = [];
    private MacAddresses _plugged = MacAddresses.None;
    private (VmInterface Adapter, bool IsReady)[]? _settled;

    /// <summary>The adapters that the guest has, as far as is known.</summary>
    public MacAddresses Plugged => Volatile.Read(ref _plugged);

    /// <summary>The machine's process is gone, and with it what it had.</summary>
    public void Forget()
    {
        Volatile.Write(ref _plugged, MacAddresses.None);
        _settled = null;
        _asked.Clear();
        _links.Clear();
        _withoutBackend.Clear();
    }

    /// <summary>Takes the adapters a round nearer to what they shall be. Costs nothing when they are so since the last round.</summary>
    /// <param name="machine">The machine, which runs.</param>
    /// <param name="adapters">The adapters that it shall have, and those that it is to lose.</param>
    /// <param name="isReady">Whether an adapter's tap is there, with its rules.</param>
    /// <returns>Whether one is still to come or to go.</returns>
    /// <exception cref="QmpException">The monitor refused, or did not answer.</exception>
    public async Task<bool> ReconcileAsync(
        QemuMachine machine, ImmutableArray<VmInterface> adapters, Func<VmInterface, bool> isReady, CancellationToken cancellationToken)
    {
        adapters = adapters.RemoveAll(adapter => adapter.Leaving);
        (VmInterface Adapter, bool IsReady)[] wanted = [.. adapters.Select(adapter => (adapter, isReady(adapter)))];
        if (_settled?.SequenceEqual(wanted) is true)
        {
            return false;
        }

        _settled = null;
        var monitor = await machine.MonitorAsync(cancellationToken);
        var (devices, ports, plugged) = await PluggedAsync(monitor, cancellationToken);
        foreach (var (mac, port) in plugged.Where(entry => entry.Value > 0 && adapters.All(adapter => adapter.MacAddress != entry.Key)))
        {
            await AskToLetGoAsync(monitor, mac, port, cancellationToken);
        }

        foreach (var port in ports.Where(port => !plugged.ContainsValue(port)))
        {
            await CloseBackendAsync(monitor, port, cancellationToken);
        }

        foreach (var (adapter, ready) in wanted)
        {
            if (!plugged.ContainsKey(adapter.MacAddress) && ready && ports.Except(plugged.Values).Where(port => port > 0).Order().Cast<int?>().FirstOrDefault() is { } free)
            {
                await PlugAsync(monitor, devices, adapter, free, cancellationToken);
                plugged.Add(adapter.MacAddress, free);
            }

            if (plugged.TryGetValue(adapter.MacAddress, out var port))
            {
                await SetLinkAsync(monitor, adapter, port, cancellationToken);
            }
        }

        foreach (var mac in _asked.Keys.Where(mac => !plugged.ContainsKey(mac)).ToArray())
        {
            _asked.Remove(mac);
        }

        Volatile.Write(ref _plugged, MacAddresses.Of(plugged.Keys));
        var isSettled = plugged.Count == adapters.Length && adapters.All(adapter => plugged.ContainsKey(adapter.MacAddress));
        _settled = isSettled ? wanted : null;
        return !isSettled;
    }

    /// <summary>What kind of adapters the machine has, by its primary one; its ports for adapters, and the port of each adapter that is plugged in.</summary>
    private static async Task<(DeviceModel Devices, IReadOnlyList<int> Ports, Dictionary<string, int> Plugged)> PluggedAsync(QmpClient monitor, CancellationToken cancellationToken)
    {
        var devices = await monitor.ExecuteAsync<QomList, ImmutableArray<QomProperty>>(new QomList(QomList.Peripherals), cancellationToken);
        var names = devices.Select(device => device.Name).ToHashSet(StringComparer.Ordinal);
        int[] ports = [.. Enumerable.Range(0, names.Count).TakeWhile(port => names.Contains(QemuCommandLine.AdapterPort(port)))];
        var plugged = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var port in ports.Where(port => names.Contains(QemuCommandLine.AdapterId(port))))
        {
            var mac = await monitor.ExecuteAsync<QomGet, string>(new QomGet($"{QomList.Peripherals}/{QemuCommandLine.AdapterId(port)}", "mac"), cancellationToken);
            plugged[mac] = port;
        }

        var emulated = $"child<{QemuCommandLine.AdapterDriver(DeviceModel.Emulated)}>";
        return (devices.Any(device => device.Name == QemuCommandLine.AdapterId(0) && device.Type == emulated) ? DeviceModel.Emulated : DeviceModel.Virtio, ports, plugged);
    }

    private async Task PlugAsync(QmpClient monitor, DeviceModel devices, VmInterface adapter, int port, CancellationToken cancellationToken)
    {
        // Not by its name: the hypervisor may have been forked of one that stands elsewhere.
        var backend = QemuCommandLine.AdapterBackend(port);
        _withoutBackend.Remove(port);
        await LetGoOfTapAsync(monitor, backend, cancellationToken);
        using (var tap = OpenTap(adapter))
        {
            await monitor.GiveAsync(backend, tap, cancellationToken);
        }

        await monitor.ExecuteAsync(new NetdevAdd(backend, backend), cancellationToken);
        await monitor.ExecuteAsync(
            new AdapterAdd(
                QemuCommandLine.AdapterDriver(devices), QemuCommandLine.AdapterId(port), QemuCommandLine.AdapterPort(port), QemuCommandLine.AdapterBackend(port), adapter.MacAddress),
            cancellationToken);
    }

    /// <summary>A tap is open once only; an attempt before this one may have left it with the hypervisor.</summary>
    private static async Task LetGoOfTapAsync(QmpClient monitor, string name, CancellationToken cancellationToken)
    {
        try
        {
            await monitor.ExecuteAsync(new CloseFd(name), cancellationToken);
        }
        catch (QmpException exception) when (exception.Message.Contains("not found", StringComparison.Ordinal))
        {
            // It did not.
        }
    }

    private SafeHandle OpenTap(VmInterface adapter)
    {
        try
        {
            return openTap(adapter);
        }
        catch (Exception exception) when (exception is IOException or Win32Exception)
        {
            throw new QmpException(GetFd.Name, exception.Message, exception);
        }
    }

    /// <summary>The guest may close what it has open; one that has not let go when it is asked again has its cable out, for the tap may be wanted elsewhere.</summary>
    private async Task AskToLetGoAsync(QmpClient monitor, string mac, int port, CancellationToken cancellationToken)
    {
        if (_asked.TryGetValue(mac, out var at))
        {
            if (time.GetElapsedTime(at) < AskAgainAfter)
            {
                return;
            }

            await CloseBackendAsync(monitor, port, cancellationToken);
        }

        _asked[mac] = time.GetTimestamp();
        try
        {
            await monitor.ExecuteAsync(new DeviceDel(QemuCommandLine.AdapterId(port)), cancellationToken);
        }
        catch (QmpException exception) when (exception.Message.Contains("already in the process of unplug", StringComparison.Ordinal))
        {
            // It was asked, and has not answered yet.
        }
    }

    private async Task CloseBackendAsync(QmpClient monitor, int port, CancellationToken cancellationToken)
    {
        if (!_withoutBackend.Add(port))
        {
            return;
        }

        try
        {
            await monitor.ExecuteAsync(new NetdevDel(QemuCommandLine.AdapterBackend(port)), cancellationToken);
        }
        catch (QmpException exception) when (exception.Message.Contains("not found", StringComparison.Ordinal))
        {
            // There was none.
        }
    }

    /// <summary>The hypervisor does not say how a cable is: it is told once, and at every change.</summary>
    private async Task SetLinkAsync(QmpClient monitor, VmInterface adapter, int port, CancellationToken cancellationToken)
    {
        if (_links.TryGetValue(adapter.Id, out var isDown) && isDown == adapter.LinkDown)
        {
            return;
        }

        await monitor.ExecuteAsync(new SetLink(QemuCommandLine.AdapterId(port), !adapter.LinkDown), cancellationToken);
        _links[adapter.Id] = adapter.LinkDown;
    }
}
