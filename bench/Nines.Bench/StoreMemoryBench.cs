using System.Collections.Immutable;
using System.Globalization;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;

namespace Nines.Bench;

/// <summary>What a cloud of so many instances costs in memory, and how long reads and a write take in it.</summary>
internal static class StoreMemoryBench
{
    private const string Account = "123456789012";
    private const int PerTransaction = 500;

    private static readonly TableDefinition[] Tables = [Instance.Table, Volume.Table, NetworkInterface.Table, PrivateAddress.Table, PublicAddress.Table];

    public static async Task<string> MeasureAsync(string path, int instances, CancellationToken cancellationToken)
    {
        await using (var store = SqliteStore.Open(path))
        await using (var cloud = await Cloud.OpenAsync(store, Tables, cancellationToken: cancellationToken))
            await FillAsync(cloud, instances, cancellationToken);

        // As after a restart: everything was read from the file.
        await using var again = SqliteStore.Open(path);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = TimeProvider.System.GetTimestamp();
        await using var view = await Cloud.OpenAsync(again, Tables, cancellationToken: cancellationToken);
        var opened = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;

        var ids = view.List(Instance.Table, Account).Select(instance => instance.Id).ToArray();
        var subnet = view.List(Instance.Table, Account).First().SubnetId;
        var next = 0;
        var find = Microseconds(100_000, () => view.Find(Instance.Table, Account, ids[next = (next + 7919) % ids.Length])) * 1000;
        var list = Microseconds(200, () => view.List(Instance.Table, Account, ids[ids.Length / 3]).Take(1000).Count(instance => instance.State == InstanceState.Running));
        var index = Microseconds(10_000, () => view.By(Instance.ById, ids[next = (next + 7919) % ids.Length]).Count);
        var write = await WriteMicrosecondsAsync(ids, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture,
            $"{instances,-42} {bytes / 1048576.0,8:N1} {bytes / instances,15:N0} {opened,8:N0} {find,8:N0} {list,13:N0} {index,12:N1} {write,9:N0}");

        // Without the disk, to see what the view itself adds as it grows.
        async Task<double> WriteMicrosecondsAsync(string[] known, CancellationToken cancel)
        {
            await using var memory = SqliteStore.OpenInMemory();
            await using var copy = await Cloud.OpenAsync(memory, Tables, cancellationToken: cancel);
            await FillAsync(copy, known.Length, cancel);
            var own = copy.List(Instance.Table, Account).ToArray();
            const int count = 2000;
            var begun = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < count; i++)
            {
                var one = own[i * 7919L % own.Length];
                await copy.WriteAsync(transaction => transaction.Put(Instance.Table, one with { RebootGeneration = i }), cancel);
            }
            return TimeProvider.System.GetElapsedTime(begun).TotalMicroseconds / count;
        }
    }

    private static double Microseconds(int times, Func<object?> action)
    {
        for (var i = 0; i < times / 10; i++)
            action();
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < times; i++)
            GC.KeepAlive(action());
        return TimeProvider.System.GetElapsedTime(started).TotalMicroseconds / times;
    }

    private static async Task FillAsync(Cloud cloud, int instances, CancellationToken cancellationToken)
    {
        var ids = new SeededIdSource(new Random(1));
        for (var done = 0; done < instances; done += PerTransaction)
        {
            await cloud.WriteAsync(transaction =>
            {
                for (var i = done; i < Math.Min(done + PerTransaction, instances); i++)
                    Launch(transaction, ids, i);
            }, cancellationToken);
        }
    }

    private static void Launch(CloudTransaction transaction, SeededIdSource ids, int number)
    {
        var now = new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);
        string id = ids.Next("i"), volumeId = ids.Next("vol"), interfaceId = ids.Next("eni"), vpcId = "vpc-00000000000000001";
        string subnetId = $"subnet-0000000000000000{number % 3}", zone = "us-east-1" + (char)('a' + (number % 3)), host = "host-" + (number % 100);
        var address = $"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}";
        transaction.Insert(Instance.Table, new Instance
        {
            AccountId = Account, Id = id, ReservationId = ids.Next("r"), ImageId = "ami-00000000000000001",
            ImageDigest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", InstanceType = "t3.micro", VCpus = 2, MemoryMiB = 1024,
            KeyName = "key", PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx0000000000000000000000000000000000000000 user@host", VpcId = vpcId, SubnetId = subnetId,
            Zone = zone, NetworkInterfaceIds = [interfaceId], VolumeIds = [volumeId], PrivateIpAddress = address, HostId = host,
            Tags = ImmutableSortedDictionary<string, string>.Empty.Add("Name", $"server {number}"), State = InstanceState.Running, StateSince = now, LaunchTime = now, HasRun = true,
        });
        transaction.Insert(Volume.Table, new Volume
        {
            AccountId = Account, Id = volumeId, SizeGiB = 8, VolumeType = "gp3", Iops = 3000, ThroughputMiBps = 125, Zone = zone, HostId = host, CreateTime = now,
            ImageDigest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", State = VolumeState.InUse, Ready = true,
            Attachment = new VolumeAttachment(id, "/dev/xvda", true, now),
        });
        transaction.Insert(NetworkInterface.Table, new NetworkInterface
        {
            AccountId = Account, Id = interfaceId, VpcId = vpcId, SubnetId = subnetId, Zone = zone, MacAddress = $"02:00:{number >> 24 & 255:x2}:{number >> 16 & 255:x2}:{number >> 8 & 255:x2}:{number & 255:x2}",
            PrivateIpAddress = address, PublicIpAddress = address, AssociatePublicIpAddress = true, SecurityGroupIds = ["sg-00000000000000001"],
            Attachment = new NetworkInterfaceAttachment(ids.Next("eni-attach"), id, 0, true, now),
        });
        transaction.Insert(PrivateAddress.Table, new PrivateAddress(Account, PrivateAddress.Key(vpcId, address), subnetId, interfaceId));
        transaction.Insert(PublicAddress.Table, new PublicAddress(address, Account, interfaceId));
    }
}
