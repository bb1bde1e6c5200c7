using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Nines.Wire.Json;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using ShutdownBehavior = Nines.Control.Services.Ec2.Instances.ShutdownBehavior;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;

namespace Nines.Control.Services.Ec2.LaunchTemplates;

/// <summary>What a launch template would have to say to launch an instance like one that exists (EC2 API Reference: GetLaunchTemplateData).</summary>
internal sealed class InstanceTemplate(Cloud cloud, InstanceMapping mapping)
{
    /// <summary>The template's content.</summary>
    public ResponseLaunchTemplateData Of(Instance instance)
    {
        var told = mapping.Map(instance);
        return new ResponseLaunchTemplateData
        {
            EbsOptimized = instance.EbsOptimized,
            IamInstanceProfile = instance.InstanceProfileArn is { } arn ? new() { Arn = arn } : null,
            BlockDeviceMappings = [.. instance.VolumeIds.Select(id => cloud.Find(Volume.Table, instance.AccountId, id)).OfType<Volume>().Where(volume => volume.Attachment is not null).Select(Disk)],
            NetworkInterfaces = [.. (told.NetworkInterfaces ?? []).Select(Adapter)],
            ImageId = instance.ImageId,
            InstanceType = instance.InstanceType,
            KeyName = instance.KeyName,
            Monitoring = new() { Enabled = instance.MonitoringEnabled },
            Placement = ShapeDocument.Read<LaunchTemplatePlacement>(ShapeDocument.Write(told.Placement!)),
            DisableApiTermination = instance.DisableApiTermination,
            DisableApiStop = instance.DisableApiStop,
            InstanceInitiatedShutdownBehavior = instance.ShutdownBehavior == ShutdownBehavior.Terminate ? "terminate" : "stop",
            UserData = instance.UserData is { } data ? Convert.ToBase64String(data.AsSpan()) : null,
            TagSpecifications = TagsOf(instance),
            CreditSpecification = instance.CpuCredits is { } credits ? new() { CpuCredits = credits } : null,
            CpuOptions = new() { CoreCount = told.CpuOptions?.CoreCount, ThreadsPerCore = told.CpuOptions?.ThreadsPerCore },
            CapacityReservationSpecification = new()
            {
                CapacityReservationPreference = told.CapacityReservationSpecification?.CapacityReservationPreference,
                CapacityReservationTarget = told.CapacityReservationSpecification?.CapacityReservationTarget,
            },
            HibernationOptions = new() { Configured = instance.HibernationConfigured },
            MetadataOptions = ShapeDocument.Read<LaunchTemplateInstanceMetadataOptions>(ShapeDocument.Write(InstanceMapping.OptionsOf(instance))) with { State = null },
            EnclaveOptions = new() { Enabled = false },
            PrivateDnsNameOptions = told.PrivateDnsNameOptions is { } names ? ShapeDocument.Read<LaunchTemplatePrivateDnsNameOptions>(ShapeDocument.Write(names)) : null,
            MaintenanceOptions = new() { AutoRecovery = told.MaintenanceOptions?.AutoRecovery },
        };
    }

    private static LaunchTemplateBlockDeviceMapping Disk(Volume volume) => new()
    {
        DeviceName = volume.Attachment!.DeviceName,
        Ebs = new()
        {
            Encrypted = volume.Key is not null,
            KmsKeyId = volume.Key?.KmsKeyArn,
            DeleteOnTermination = volume.Attachment.DeleteOnTermination,
            // What the type says by itself is not asked for: gp2 and its like have no such parameter.
            Iops = volume.VolumeType is "gp3" or "io1" or "io2" ? volume.Iops : null,
            SnapshotId = volume.SnapshotId,
            VolumeSize = volume.SizeGiB,
            VolumeType = volume.VolumeType,
            Throughput = volume.ThroughputMiBps,
        },
    };

    private static LaunchTemplateInstanceNetworkInterfaceSpecification Adapter(InstanceNetworkInterface adapter) => new()
    {
        AssociatePublicIpAddress = adapter.Association is not null,
        DeleteOnTermination = adapter.Attachment?.DeleteOnTermination,
        Description = adapter.Description,
        DeviceIndex = adapter.Attachment?.DeviceIndex,
        Groups = [.. (adapter.Groups ?? []).Select(group => group.GroupId!)],
        InterfaceType = adapter.InterfaceType,
        PrivateIpAddresses = [.. (adapter.PrivateIpAddresses ?? []).Select(address => new PrivateIpAddressSpecification { Primary = address.Primary, PrivateIpAddress = address.PrivateIpAddress })],
        SubnetId = adapter.SubnetId,
        NetworkCardIndex = adapter.Attachment?.NetworkCardIndex,
    };

    private static IReadOnlyList<LaunchTemplateTagSpecification>? TagsOf(Instance instance)
    {
        // Tags of AWS's own cannot be asked for.
        var tags = instance.Tags.RemoveRange(instance.Tags.Keys.Where(key => key.StartsWith("aws:", StringComparison.Ordinal)));
        return tags.IsEmpty ? null : [new() { ResourceType = "instance", Tags = tags.ToApi() }];
    }
}
