using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Nines.Host.Processes;

namespace Nines.Host.Vms;

/// <summary>The unprivileged user that hypervisor processes run as.</summary>
internal sealed class HypervisorUser(HostOptions options, IHostCommands commands)
{
    private (int User, int Group)? _ids;

    /// <summary>Its name; its group has the same.</summary>
    public string Name => options.QemuUser;

    /// <summary>Makes the user when it is missing, and lets it use the devices that udev's own rules would let it use.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var known = await commands.RunAsync(new("getent", "passwd", Name) { AcceptedExitCodes = [0, 2] }, cancellationToken);
        if (known.ExitCode != 0)
        {
            await commands.RunAsync(
                new("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", Name),
                cancellationToken);
        }

        // A tap that belongs to a user can be opened by that user only, so the device itself is for all (udev: 50-udev-default.rules).
        await OpenDeviceAsync("/dev/net/tun", "0666", null, cancellationToken);
        await OpenDeviceAsync("/dev/kvm", "0660", Name, cancellationToken);
    }

    /// <summary>Gives files to the user, for it alone to read and write; a link itself, not what it leads to (lchown(2)).</summary>
    /// <exception cref="IOException">One of them is not there, or this is not root.</exception>
    public async Task GiveAsync(CancellationToken cancellationToken, params string[] paths)
    {
        var (user, group) = _ids ??= await LookUpAsync(cancellationToken);
        foreach (var path in paths)
        {
            if (ChangeOwner(path, user, group) != 0)
            {
                throw new IOException($"{path} cannot be given to {Name}.", new Win32Exception(Marshal.GetLastPInvokeError()));
            }
        }
    }

    /// <summary>Whether the user can reach what lies in a folder: every folder above must let it pass.</summary>
    public async Task<bool> CanPassAsync(string folder, CancellationToken cancellationToken)
    {
        var test = new HostCommand("setpriv", [.. BecomeArguments(), "test", "-x", folder]) { AcceptedExitCodes = [0, 1] };
        return (await commands.RunAsync(test, cancellationToken)).ExitCode == 0;
    }

    /// <summary>Arguments of setpriv(1) before the program to run as the user: no way back to any privilege.</summary>
    public string[] BecomeArguments() =>
        [$"--reuid={Name}", $"--regid={Name}", "--init-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"];

    /// <summary>An entry is <c>name:password:user:group:…</c> (passwd(5)).</summary>
    private async Task<(int User, int Group)> LookUpAsync(CancellationToken cancellationToken)
    {
        var fields = (await commands.RunAsync(new("getent", "passwd", Name), cancellationToken)).Output.Split(':');
        return (int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture));
    }

    [DllImport("libc", EntryPoint = "lchown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int user, int group);

    private async Task OpenDeviceAsync(string path, string mode, string? group, CancellationToken cancellationToken)
    {
        if (!File.Exists(path) || await CanOpenAsync(path, cancellationToken))
        {
            return;
        }

        if (group is not null)
        {
            await commands.RunAsync(new("chgrp", group, path), cancellationToken);
        }

        await commands.RunAsync(new("chmod", mode, path), cancellationToken);
    }

    private async Task<bool> CanOpenAsync(string path, CancellationToken cancellationToken)
    {
        var test = new HostCommand("setpriv", [.. BecomeArguments(), "test", "-r", path, "-a", "-w", path]) { AcceptedExitCodes = [0, 1] };
        return (await commands.RunAsync(test, cancellationToken)).ExitCode == 0;
    }
}
