using System.Text.Json;
using Nines.Host.Tests.Vms.Qmp;

namespace Nines.Host.Tests.Vms;

/// <summary>A hypervisor's disks behind a monitor: nodes that are open, and devices that have them.</summary>
internal sealed class FakeHypervisor : IAsyncDisposable
{
    private const string Nothing = "\"return\": {}";
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (string Node, long Iops, long Bytes)> _devices = [];
    private readonly Dictionary<string, long> _nodes = [];
    private FakeMonitor _monitor = null!;

    public FakeHypervisor(params string[] volumes)
    {
        foreach (var (volume, port) in volumes.Select((volume, port) => (volume, port)))
        {
            _nodes[volume] = _nodes[$"file-{volume}"] = 1L << 30;
            _devices[$"disk{port}"] = (volume, 0, 0);
        }

        _monitor = new FakeMonitor(Answer);
    }

    /// <summary>Whether its devices are others than virtio's.</summary>
    public bool IsEmulated { get; init; }

    /// <summary>The kind of each device that was plugged in.</summary>
    public Dictionary<string, string> Drivers { get; } = [];

    /// <summary>Where its monitor listens.</summary>
    public string SocketPath => _monitor.SocketPath;

    /// <summary>The names of the commands that were given, without questions.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>How often it was asked what the guest has done since the last disk came; the guest reads of that after two.</summary>
    public int Questions { get; private set; }

    /// <summary>What each device has.</summary>
    public IReadOnlyDictionary<string, (string Node, long Iops, long Bytes)> Devices => _devices;

    /// <summary>The size of each node that is open.</summary>
    public IReadOnlyDictionary<string, long> Nodes => _nodes;

    /// <summary>The secrets that it knows.</summary>
    public Dictionary<string, string> Secrets { get; } = [];

    /// <summary>The guest lets go of a device that it was asked for.</summary>
    public void LetGo(string device)
    {
        lock (_lock)
        {
            _devices.Remove(device);
        }
    }

    public ValueTask DisposeAsync() => _monitor.DisposeAsync();

    private string Answer(string name)
    {
        lock (_lock)
        {
            using var line = JsonDocument.Parse(_monitor.Received.Last());
            var arguments = line.RootElement.GetProperty("arguments");
            if (!name.StartsWith("query", StringComparison.Ordinal) && name is not ("qmp_capabilities" or "qom-list"))
            {
                Commands.Add(name);
            }

            switch (name)
            {
                case "query-block":
                    return $"\"return\": [{string.Join(',', _devices.Select(device => Device(device.Key, device.Value)))}]";
                case "query-blockstats":
                    Questions++;
                    return $"\"return\": [{string.Join(',', _devices.Keys.Select(id => $$$"""{"qdev": "/machine/peripheral/{{{id}}}/virtio-backend", "stats": {"rd_operations": {{{(Questions > 2 ? 1 : 0)}}}}}"""))}]";
                case "query-named-block-nodes":
                    return $"\"return\": [{string.Join(',', _nodes.Keys.Select(node => $$"""{"node-name": "{{node}}", "file": "/volumes"}"""))}]";
                case "qom-list":
                    return $"\"return\": [{string.Join(',', Secrets.Keys.Append("entropy").Select(secret => $$"""{"name": "{{secret}}", "type": "child<x>"}"""))}]";
                case "object-add":
                    Secrets.Add(Text("id"), Text("data"));
                    return Nothing;
                case "object-del":
                    Secrets.Remove(Text("id"));
                    return Nothing;
                case "blockdev-add":
                    _nodes.Add(Text("node-name"), 1L << 30);
                    return Nothing;
                case "blockdev-del":
                    var isUsed = _devices.Values.Any(device => device.Node == Text("node-name"));
                    return !isUsed && _nodes.Remove(Text("node-name")) ? Nothing : "\"error\": {\"class\": \"GenericError\", \"desc\": \"Node is in use\"}";
                case "device_add":
                    Questions = 0;
                    _devices.Add(Text("id"), (Text("drive"), 0, 0));
                    Drivers[Text("id")] = Text("driver");
                    return Nothing;
                case "block_set_io_throttle":
                    var id = Text("id").Split('/')[0];
                    if (Text("id").Contains('/') == IsEmulated)
                    {
                        return "\"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"Device not found\"}";
                    }

                    _devices[id] = (_devices[id].Node, arguments.GetProperty("iops").GetInt64(), arguments.GetProperty("bps").GetInt64());
                    return Nothing;
                case "block_resize" when Drivers.Any(device => device.Value == "nvme" && _devices.TryGetValue(device.Key, out var disk) && disk.Node == Text("node-name")):
                    return "\"error\": {\"class\": \"GenericError\", \"desc\": \"Permission conflict on node\"}";
                case "block_resize":
                    _nodes[Text("node-name")] = arguments.GetProperty("size").GetInt64();
                    return Nothing;
                default:
                    return Nothing;
            }

            string Text(string property) => arguments.GetProperty(property).GetString()!;
        }
    }

    private string Device(string id, (string Node, long Iops, long Bytes) disk) =>
        JsonSerializer.Serialize(new
        {
            qdev = IsEmulated ? id : $"/machine/peripheral/{id}/virtio-backend",
            inserted = new Dictionary<string, object>
            {
                ["node-name"] = disk.Node,
                ["image"] = new Dictionary<string, long> { ["virtual-size"] = _nodes[disk.Node] },
                ["iops"] = disk.Iops,
                ["bps"] = disk.Bytes,
            },
        });
}
