using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Writes the records of a launch: instances, disks, adapters, addresses.</summary>
internal sealed class LaunchRecords(CloudTransaction transaction, IIdSource ids, Ipv4Block publicPool, LaunchRequest request, LaunchTarget target, VolumeKeys keys, Call call)
{
    private readonly DateTimeOffset _launched = InstancePlan.WholeSecond(call.Now);

    /// <summary>Adds one instance for every host.</summary>
    public IReadOnlyList<Instance> Add(Subnet subnet, HostReservation room)
    {
        // Found, not only listed: a subnet that is deleted at the same time makes this launch look again.
        _ = Subnet.FindOpen(transaction, subnet.AccountId, subnet.Id);
        var reservation = ids.Next("r");
        if (request is { ClientToken: { } token, Fingerprint: { } fingerprint })
        {
            transaction.Insert(LaunchToken.Table, new LaunchToken(call.AccountId, token, fingerprint, reservation));
        }

        var instances = new List<Instance>(room.HostIds.Count);
        foreach (var hostId in room.HostIds)
        {
            instances.Add(AddInstance(subnet, hostId, room, reservation, instances.Count));
        }

        return instances;
    }

    /// <summary>The address that an interface's id leads to: locally administered, as AWS's are.</summary>
    public static string MacAddressOf(string networkInterfaceId)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(networkInterfaceId), digest);
        return $"02:{digest[0]:x2}:{digest[1]:x2}:{digest[2]:x2}:{digest[3]:x2}:{digest[4]:x2}";
    }

    private Instance AddInstance(Subnet subnet, string hostId, HostReservation room, string reservation, int index)
    {
        var id = ids.Next("i");
        NetworkInterface[] adapters = [.. target.Adapters.Select(adapter => AddInterface(adapter, adapter.Subnet ?? subnet, id))];
        var volumes = ImmutableArray.CreateBuilder<string>(target.Disks.Length);
        foreach (var disk in target.Disks)
        {
            volumes.Add(AddVolume(disk, subnet, hostId, id).Id);
        }

        var instance = new Instance
        {
            AccountId = call.AccountId,
            Id = id,
            ReservationId = reservation,
            LaunchIndex = index,
            ClientToken = request.ClientToken,
            ImageId = target.Image.Id,
            ImageDigest = target.Image.Digest,
            FastLaunchOwner = target.FastLaunchOwner,
            Architecture = target.Image.Architecture,
            Platform = target.Image.Platform,
            Devices = target.Image.Devices,
            BootMode = target.Image.BootMode,
            TpmSupport = target.Image.TpmSupport,
            UefiData = target.Image.UefiData,
            RootDeviceName = target.Image.RootDeviceName,
            InstanceType = target.Type.Name,
            VCpus = target.Type.VCpus,
            MemoryMiB = target.Type.MemoryMiB,
            KeyName = target.KeyPair?.Name,
            PublicKey = target.KeyPair?.PublicKey,
            VpcId = subnet.VpcId,
            SubnetId = subnet.Id,
            Zone = subnet.AvailabilityZone,
            PlacementGroupId = target.Group?.Id,
            PlacementGroupName = target.Group?.Name,
            PlacementPartition = room.PartitionOf(index),
            DedicatedHostId = target.DedicatedHosts?.First(host => host.MachineId == hostId && host.Zone == subnet.AvailabilityZone).Id,
            HostAffinity = request.HostAffinity,
            CapacityChoice = request.Capacity == CapacityChoice.Open ? null : request.Capacity,
            CapacityReservationId = room.ReservationOf(index),
            UserData = request.UserData,
            MetadataOptions = request.MetadataOptions,
            NameOptions = request.NameOptions == PrivateNameOptions.Default ? null : request.NameOptions,
            ShutdownBehavior = request.ShutdownBehavior,
            DisableApiTermination = request.DisableApiTermination,
            DisableApiStop = request.DisableApiStop,
            HibernationConfigured = request.HibernationConfigured,
            EbsOptimized = request.EbsOptimized,
            AutoRecoveryDisabled = request.AutoRecoveryDisabled,
            MonitoringEnabled = request.MonitoringEnabled,
            InstanceProfileArn = request.InstanceProfileArn,
            CpuCredits = target.CpuCredits,
            NetworkInterfaceIds = [.. adapters.Select(adapter => adapter.Id)],
            VolumeIds = volumes.MoveToImmutable(),
            PrivateIpAddress = adapters[0].PrivateIpAddress,
            Tags = request.Tags.For("instance"),
            Power = InstancePower.Running,
            HostId = hostId,
            State = InstanceState.Pending,
            StateSince = call.Now,
            LaunchTime = _launched,
            StateReason = StateReason.Pending,
        };
        transaction.Insert(Instance.Table, instance);
        return instance;
    }

    private NetworkInterface AddInterface(LaunchAdapter adapter, Subnet subnet, string instanceId)
    {
        var wanted = adapter.Wanted;
        if (wanted.NetworkInterfaceId is { } existing)
        {
            var attached = transaction.Find(NetworkInterface.Table, call.AccountId, existing)! with { Attachment = NewAttachment(wanted, instanceId) };
            transaction.Put(NetworkInterface.Table, attached);
            return attached;
        }

        var id = ids.Next("eni");

        // A launch with several interfaces gets no public address by itself (EC2 user guide: Public IPv4 addresses).
        var associatePublic = wanted.AssociatePublicIpAddress ?? (target.Adapters.Length == 1 && subnet.MapPublicIpOnLaunch);
        var networkInterface = new NetworkInterface
        {
            AccountId = call.AccountId,
            Id = id,
            VpcId = subnet.VpcId,
            SubnetId = subnet.Id,
            Zone = subnet.AvailabilityZone,
            MacAddress = MacAddressOf(id),
            PrivateIpAddress = AddressAllocator.AllocatePrivate(transaction, subnet, id, wanted.PrivateIpAddress),
            PublicIpAddress = associatePublic ? AddressAllocator.AllocatePublic(transaction, publicPool, call.AccountId, id) : null,
            AssociatePublicIpAddress = associatePublic,
            Description = wanted.Description,
            SecurityGroupIds = adapter.SecurityGroupIds,
            Tags = request.Tags.For("network-interface"),
            Attachment = NewAttachment(wanted, instanceId),
        };
        networkInterface = InterfaceAddressing.Add(transaction, subnet, networkInterface, wanted.SecondaryAddresses, wanted.SecondaryAddressCount);
        transaction.Insert(NetworkInterface.Table, networkInterface);
        return networkInterface;
    }

    private NetworkInterfaceAttachment NewAttachment(LaunchInterface wanted, string instanceId) =>
        new(ids.Next("eni-attach"), instanceId, wanted.DeviceIndex, wanted.DeleteOnTermination, _launched);

    private Volume AddVolume(LaunchDisk disk, Subnet subnet, string hostId, string instanceId)
    {
        var id = ids.Next("vol");
        var volume = new Volume
        {
            AccountId = call.AccountId,
            Id = id,
            SizeGiB = disk.Shape.SizeGiB,
            VolumeType = disk.Shape.VolumeType,
            Iops = disk.Shape.Iops,
            ThroughputMiBps = disk.Shape.ThroughputMiBps,
            SnapshotId = disk.Source?.Id,
            ImageDigest = disk.Source?.ImageDigest,
            StartsAsSnapshot = disk.Source?.HostId is not null,
            BootDigest = disk.Source?.BootDigest,
            Key = keys.Make(id, disk.Key, disk.Source?.Key),
            SourceKey = disk.Source?.HostId is null ? null : disk.Source.Key,
            Zone = subnet.AvailabilityZone,
            HostId = hostId,
            CreateTime = call.Now,
            State = VolumeState.InUse,
            Tags = request.Tags.For("volume"),
            Attachment = new VolumeAttachment(instanceId, disk.DeviceName, disk.DeleteOnTermination, _launched),
        };
        transaction.Insert(Volume.Table, volume);
        return volume;
    }
}
