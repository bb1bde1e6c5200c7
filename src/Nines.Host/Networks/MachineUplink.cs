namespace Nines.Host.Networks;

/// <summary>
/// The machine's way out. Linux forwards what comes in by a link whose forwarding is on; it is switched on for the uplink and the
/// cloud's link only, never for all links, and switched off again when the cloud goes.
/// </summary>
internal sealed class MachineUplink(NetworkNames names, NetworkOptions options, string directory)
{
    private string RecordPath => Path.Combine(directory, "forwarding");

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
        if (uplink is not null && WriteIfDifferent(Forwarding(uplink), "1"))
        {
            Directory.CreateDirectory(directory);
            File.AppendAllLines(RecordPath, [uplink]);
        }
    }

    /// <summary>Switches off what was switched on, unless another cloud of this machine may need it.</summary>
    public void Restore(NamespaceState machine)
    {
        var others = machine.Links.Keys.Any(
            link => link.StartsWith(NetworkNames.MachineLinkPrefix, StringComparison.Ordinal) && link != names.MachineLink);
        if (!File.Exists(RecordPath))
        {
            return;
        }

        foreach (var device in File.ReadAllLines(RecordPath).Where(device => !others && machine.Links.ContainsKey(device)))
        {
            WriteIfDifferent(Forwarding(device), "0");
        }

        File.Delete(RecordPath);
    }

    private void DisableIpv6()
    {
        var path = $"/proc/sys/net/ipv6/conf/{names.MachineLink}/disable_ipv6";
        if (File.Exists(path))
        {
            WriteIfDifferent(path, "1");
        }
    }

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
