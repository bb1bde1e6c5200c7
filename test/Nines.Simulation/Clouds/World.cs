using System.Security.Cryptography;
using Nines.Control.Hosts;
using Nines.Control.Secrets;
using Nines.Control.Services.Ec2;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Services.Kms;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;
using Nines.Control.Tests;
using Nines.Host.Simulated;
using Nines.Simulation.Faults;

namespace Nines.Simulation.Clouds;

/// <summary>What outlives every process of the control plane: time, the store, the hosts, and the process of the moment.</summary>
internal sealed class World : IAsyncDisposable
{
    public const string Account = "123456789012";
    public const string ImageId = "ami-0123456789abcdef0";
    private const int Hosts = 3;
    private readonly RandomNumberGenerator _secrets = RandomNumberGenerator.Create();
    private readonly SecretBox _box;

    public World(int seed, double faultRate)
    {
        Random = new Random(seed);
        _box = new SecretBox(new byte[SecretBox.MasterKeyBytes], _secrets);
        Cipher = new KmsCipher(_box, _secrets);
        Fate = new Fate(new Random(Random.Next()), faultRate);
        Store = SqliteStore.OpenInMemory(new SqliteStoreOptions { Time = Time });
        Machines = [.. Zones.Zones.Take(Hosts).Select((zone, number) => NewMachine(seed, $"host-{number}", zone.Name))];
    }

    /// <summary>Few, so that one that was given back is soon given out again.</summary>
    public static AddressOptions Addresses { get; } = new() { PublicPool = Ipv4Block.Parse("198.18.0.0/27") };

    public static IReadOnlyList<TableDefinition> Tables { get; } = [.. Ec2Tables.Network, .. Ec2Compute.Tables, .. KmsService.Tables];

    public VirtualTime Time { get; } = new();

    public Random Random { get; }

    public Fate Fate { get; }

    public KmsCipher Cipher { get; }

    public SqliteStore Store { get; }

    public ZoneCatalog Zones { get; } = new("us-east-1", Hosts);

    public IReadOnlyList<HostMachine> Machines { get; }

    /// <summary>The process that answers now; null between two.</summary>
    public ControlPlane? Process { get; private set; }

    /// <summary>How many processes there were.</summary>
    public int Processes { get; private set; }

    /// <summary>Keeps a process running until <paramref name="end"/>: one that dies is followed by the next.</summary>
    public async Task SuperviseAsync(Task end)
    {
        while (!end.IsCompleted)
        {
            try
            {
                Processes++;
                await using var process = await ControlPlane.StartAsync(this, Random.Next());
                Process = process;
                await Task.WhenAny(process.Life.Death, end);
                Process = null;
            }
            catch (Exception e) when (e is ProcessDiedException or StoreException or ObjectDisposedException)
            {
                // Died while it started.
            }
            await Task.Delay(Fate.Delay(TimeSpan.FromSeconds(5)), Time, CancellationToken.None);
        }
    }

    public static void AddImage(CloudTransaction transaction)
    {
        if (transaction.Find(Image.Table, Account, ImageId) is not null)
            return;
        transaction.Insert(Image.Table, new Image
        {
            AccountId = Account,
            Id = ImageId,
            Name = "tiny",
            Digest = new string('0', 64),
            IsPublic = true,
            Architecture = "x86_64",
            RootDeviceName = "/dev/xvda",
            RootVolumeSizeGiB = 2,
            MinimumMemoryMiB = 128,
            CreationDate = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        });
    }

    public ValueTask DisposeAsync()
    {
        foreach (var machine in Machines)
            machine.Host.Dispose();
        _box.Dispose();
        _secrets.Dispose();
        return Store.DisposeAsync();
    }

    private HostMachine NewMachine(int seed, string id, string zone)
    {
        var options = new SimulatedHostOptions { HostId = id, Cpus = 16, MemoryMiB = 64 * 1024, StartTime = TimeSpan.FromSeconds(3), ShutdownTime = TimeSpan.FromSeconds(2) };
        return new HostMachine(new SimulatedHost(options, Time, new FateFaults(Fate, seed, id)), id, zone, Fate);
    }
}
