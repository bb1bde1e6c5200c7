using System.Diagnostics;

namespace Nines.Tests.Launcher;

/// <summary>
/// A machine where nothing is installed, for the launcher alone: a namespace in which the folders of programs and SDKs are empty, a
/// path with nothing but the shell's own tools, and an <c>apt-get</c> that "installs" by making files.
/// </summary>
internal sealed class FreshMachine : IDisposable
{
    private const string Script = "#!/bin/bash\n";

    private static readonly string[] ShellTools =
    [
        "bash", "cat", "chmod", "cp", "dirname", "env", "find", "flock", "grep", "head", "id", "mkdir", "mktemp", "mount", "mv", "readlink", "rm", "sort", "tail", "touch",
        "unshare",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("nines-launcher-").FullName;

    public FreshMachine()
    {
        foreach (var folder in new[] { "bin", "sbin", "home", "checkout/src" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, folder));
        }

        foreach (var tool in ShellTools)
        {
            var found = new[] { "/usr/bin", "/bin" }.Select(folder => Path.Combine(folder, tool)).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(_folder, "bin", tool), found);
        }

        File.Copy(Path.Combine(Checkout(), "nines"), Path.Combine(_folder, "checkout", "nines"));
        Program("apt-get", """
            echo "apt-get $*" >>"$MACHINE/calls"
            [[ -z ${APT_FAILS:-} ]] || { echo 'E: no such package' >&2; exit 100; }
            tool() { for name in "$@"; do printf '#!/bin/bash\n' >"$MACHINE/bin/$name"; chmod +x "$MACHINE/bin/$name"; done; }
            for package in "$@"; do
              case $package in
                qemu-system-x86) tool qemu-system-x86_64 ;; qemu-utils) tool qemu-img ;; nftables) tool nft ;; iproute2) tool ip ;;
                dnsmasq-base) tool dnsmasq ;; e2fsprogs) tool mkfs.ext4 ;; xz-utils) tool xz ;; openssh-client) tool ssh ;;
                util-linux) tool setpriv ;; cpio | swtpm | zstd | mmdebstrap | curl) tool $package ;;
                ovmf) mkdir -p /usr/share/OVMF; touch /usr/share/OVMF/OVMF_CODE_4M.fd ;;
                dotnet-sdk-10.0) cp "$MACHINE/dotnet" "$MACHINE/bin/dotnet"; mkdir -p "$MACHINE/bin/sdk/10.0.100" ;;
              esac
            done
            """);
        Program("apt-cache", "[[ -n ${APT_HAS_SDK:-} ]]");
        Program("../dotnet", """
            echo "dotnet $1" >>"$MACHINE/calls"
            while [[ $1 != -o ]]; do shift; done
            mkdir -p "$2"
            printf '#!/bin/bash\necho "started: $*"\n' >"$2/nines"
            chmod +x "$2/nines"
            """);
    }

    /// <summary>What apt-get, dotnet and sudo were asked for, a line each.</summary>
    public string[] Calls => File.Exists(CallsFile) ? File.ReadAllLines(CallsFile) : [];

    private string CallsFile => Path.Combine(_folder, "calls");

    /// <summary>Adds a sudo that needs no password.</summary>
    public void AddSudo() => Program("sudo", "echo \"sudo $*\" >>\"$MACHINE/calls\"\nexec \"$@\"\n");

    /// <summary>Adds a curl that reaches nobody.</summary>
    public void AddOfflineCurl() => Program("curl", "echo 'curl: (6) Could not resolve host' >&2\nexit 6\n");

    /// <summary>Adds tools where only root's path leads.</summary>
    public void AddSystemTools(params string[] names)
    {
        foreach (var name in names)
        {
            Program($"../sbin/{name}", "");
        }
    }

    /// <summary>Starts the launcher, as root of the namespace or as nobody in it.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> StartAsync(bool asRoot, string environment, params string[] arguments)
    {
        const string Enter = """
            mount -t tmpfs none /usr/share
            [ ! -d /usr/lib/dotnet ] || mount -t tmpfs none /usr/lib/dotnet
            [ ! -e "$MACHINE/installed" ] || mkdir -p /usr/share/OVMF
            [ ! -e "$MACHINE/installed" ] || touch /usr/share/OVMF/OVMF_CODE_4M.fd
            mount -t tmpfs none /usr/sbin
            cp -r "$MACHINE/sbin/." /usr/sbin/
            exec "$@"
            """;
        string[] nobody = asRoot ? [] : ["unshare", "--user"];
        var start = new ProcessStartInfo(
            "/usr/bin/unshare",
            ["--map-root-user", "--mount", "bash", "-c", Enter, "enter", .. nobody, "env", .. environment.Split(' ', StringSplitOptions.RemoveEmptyEntries), Path.Combine(_folder, "checkout", "nines"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Path.Combine(_folder, "bin");
        start.Environment["HOME"] = Path.Combine(_folder, "home");
        start.Environment["MACHINE"] = _folder;
        start.Environment["TMPDIR"] = _folder;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (Calls.Any(call => call.Contains(" ovmf", StringComparison.Ordinal)))
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "installed"), "", TestContext.Current.CancellationToken); // what a namespace's folders forget
        }

        return (process.ExitCode, await output, await errors);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Checkout()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Nines.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    private void Program(string name, string body)
    {
        var path = Path.Combine(_folder, "bin", name);
        File.WriteAllText(path, Script + body);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }
}
