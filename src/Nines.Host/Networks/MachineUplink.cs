namespace Nines.Host.Networks;

/// <summary>
/// The machine's way out. Linux forwards what comes in by a link whose forwarding is on; it is switched on for the uplink and the
/// cloud's link only, never for all links, and switched off again when the cloud goes.
/// </summary>
internal sealed class MachineUplink(NetworkNames names, NetworkOptions options)
{
    /// <summary>
    /// One folder for each uplink whose forwarding was off before, with an empty file for each cloud that needs it on. It dies with
    /// the machine's run, as the setting does.
    /// </summary>
    private const string RecordDirectory = "/run/nines-uplinks";

    /// <summary>The device that guests' packets leave by, or <see langword="null"/> when they shall not or there is none.</summary>
    public string? Find(NamespaceState machine)
    {
        if (options.Egress == Egress.None)
        {
            return null;
        }

        var device = options.UplinkDevice ?? machine.Routes
            .Where(route => route.StartsWith("default ", StringComparison.Ordinal))
            .Select(route => route.Split(' '))
            .OrderBy(words => long.TryParse(WordAfter(words, "metric"), out var metric) ? metric : 0)
            .Select(words => WordAfter(words, "dev"))
            .FirstOrDefault();
        return device is not null && machine.Links.ContainsKey(device) ? device : null;
    }

    /// <summary>Lets the machine forward between its link to the cloud and the uplink.</summary>
    public void Prepare(string? uplink)
    {
        DisableIpv6();
        WriteIfDifferent(Forwarding(names.MachineLink), uplink is null ? "0" : "1");
        if (uplink is not null && (Directory.Exists(UsersOf(uplink)) || WriteIfDifferent(Forwarding(uplink), "1")))
        {
            Directory.CreateDirectory(UsersOf(uplink));
            File.WriteAllText(Path.Combine(UsersOf(uplink), names.Scope), "");
        }
    }

    /// <summary>Switches off what was switched on, when no other cloud of this machine needs it.</summary>
    public void Restore()
    {
        var users = Directory.Exists(RecordDirectory)
            ? Directory.GetDirectories(RecordDirectory).Where(uplink => File.Exists(Path.Combine(uplink, names.Scope)))
            : [];
        foreach (var uplink in users)
        {
            File.Delete(Path.Combine(uplink, names.Scope));
            if (Directory.GetFiles(uplink).Length == 0)
            {
                Directory.Delete(uplink);
                var forwarding = Forwarding(Path.GetFileName(uplink));
                if (File.Exists(forwarding))
                {
                    WriteIfDifferent(forwarding, "0");
                }
            }
        }

        if (Directory.Exists(RecordDirectory) && Directory.GetDirectories(RecordDirectory).Length == 0)
        {
            Directory.Delete(RecordDirectory);
        }
    }

    private void DisableIpv6()
    {
        var path = $"/proc/sys/net/ipv6/conf/{names.MachineLink}/disable_ipv6";
        if (File.Exists(path))
        {
            WriteIfDifferent(path, "1");
        }
    }

    private static string UsersOf(string uplink) => Path.Combine(RecordDirectory, uplink);

    private static string Forwarding(string device) => $"/proc/sys/net/ipv4/conf/{device}/forwarding";

    private static bool WriteIfDifferent(string path, string value)
    {
        if (File.ReadAllText(path).Trim() == value)
        {
            return false;
        }

        File.WriteAllText(path, value);
        return true;
    }

    private static string? WordAfter(string[] words, string key)
    {
        var index = Array.IndexOf(words, key);
        return index >= 0 && index + 1 < words.Length ? words[index + 1] : null;
    }
}
