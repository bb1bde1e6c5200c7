using System.Security.Cryptography;
using System.Text;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Nines.Host.Api;
using Demand = Nines.Control.Hosts.Demand;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using SecurityGroup = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroup;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;
using VolumeDescriptions = Nines.Control.Services.Ec2.Volumes.VolumeDescriptions;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Instances as answers show them, from the records that belong together.</summary>
internal sealed class InstanceMapping(Cloud cloud, string region)
{
    /// <summary>An instance with its disks and adapters.</summary>
    public Api.Ec2.Instance Map(Instance instance)
    {
        var adapters = instance.NetworkInterfaceIds.Select(id => cloud.Find(NetworkInterface.Table, instance.AccountId, id)).OfType<NetworkInterface>().ToArray();
        var primary = adapters.Length > 0 ? adapters[0] : null;
        var groups = primary is null ? [] : GroupsOf(primary);
        var publicName = primary is null ? null : PublicName(primary);
        return new Api.Ec2.Instance
        {
            AmiLaunchIndex = instance.LaunchIndex,
            ImageId = instance.ImageId,
            InstanceId = instance.Id,
            InstanceType = instance.InstanceType,
            KeyName = instance.KeyName,
            LaunchTime = instance.LaunchTime,
            Monitoring = MonitoringOf(instance),
            Placement = new Placement
            {
                AvailabilityZone = instance.Zone,
                GroupName = instance.PlacementGroupName ?? "",
                GroupId = instance.PlacementGroupId,
                PartitionNumber = instance.PlacementPartition,
                Tenancy = instance.DedicatedHostId is null ? "default" : DedicatedHostRules.Tenancy,
                HostId = instance.DedicatedHostId,
                Affinity = instance.DedicatedHostId is null ? null : instance.HostAffinity ? "host" : "default",
            },
            PrivateDnsName = primary is null ? "" : $"{InstanceNames.HostName(instance, primary.PrivateIpAddress)}.{InstanceNames.PrivateDomain(region)}",
            PrivateIpAddress = primary?.PrivateIpAddress,
            ProductCodes = [],
            PublicDnsName = publicName ?? "",
            PublicIpAddress = primary?.PublicIpAddress,
            State = StateOf(instance.State),
            StateTransitionReason = instance.StateTransitionReason ?? "",
            SubnetId = primary?.SubnetId,
            VpcId = primary?.VpcId,
            Architecture = instance.Architecture,
            BlockDeviceMappings = DisksOf(instance),
            ClientToken = instance.ClientToken ?? "",
            EbsOptimized = instance.EbsOptimized,
            EnaSupport = instance.Devices is DeviceModel.Virtio,
            Hypervisor = "xen",
            IamInstanceProfile = ProfileOf(instance.InstanceProfileArn),
            NetworkInterfaces = [.. adapters.Select(adapter => AdapterOf(instance, adapter))],
            RootDeviceName = instance.RootDeviceName,
            RootDeviceType = "ebs",
            SecurityGroups = groups,
            SourceDestCheck = primary?.SourceDestCheck,
            StateReason = instance.StateReason is { } reason ? new Api.Ec2.StateReason { Code = reason.Code, Message = reason.Message } : null,
            Tags = instance.Tags.ToApiOrNull(),
            VirtualizationType = "hvm",
            CpuOptions = CpuOf(instance),
            CapacityReservationId = Demand.Of(instance) == default ? null : instance.CapacityReservationId,
            CapacityReservationSpecification = (instance.CapacityChoice ?? CapacityChoice.Open).Describe(),
            HibernationOptions = new HibernationOptions { Configured = instance.HibernationConfigured },
            MetadataOptions = OptionsOf(instance),
            EnclaveOptions = new EnclaveOptions { Enabled = false },
            BootMode = instance.BootMode,
            TpmSupport = instance.TpmSupport,
            Platform = instance.Platform.Value(),
            PlatformDetails = instance.Platform.Details(),
            UsageOperation = instance.Platform.UsageOperation(),
            UsageOperationUpdateTime = primary?.Attachment?.AttachTime ?? instance.LaunchTime,
            PrivateDnsNameOptions = primary is null ? null : (instance.NameOptions ?? PrivateNameOptions.Default).Describe(),
            MaintenanceOptions = new InstanceMaintenanceOptions { AutoRecovery = instance.AutoRecoveryDisabled ? "disabled" : "default" },
            CurrentInstanceBootMode = instance.BootMode is "uefi" or "uefi-preferred" ? "uefi" : "legacy-bios",
        };
    }

    /// <summary>A state with its code.</summary>
    public static Api.Ec2.InstanceState StateOf(InstanceState state) => new() { Code = (int)state, Name = state.Name() };

    /// <summary>Metadata options, pending until the instance runs.</summary>
    public static InstanceMetadataOptionsResponse OptionsOf(Instance instance) => new()
    {
        State = instance.State == InstanceState.Pending ? "pending" : "applied",
        HttpTokens = instance.MetadataOptions.TokensRequired ? "required" : "optional",
        HttpPutResponseHopLimit = instance.MetadataOptions.HopLimit,
        HttpEndpoint = Enabled(instance.MetadataOptions.EndpointEnabled),
        HttpProtocolIpv6 = Enabled(instance.MetadataOptions.Ipv6Enabled),
        InstanceMetadataTags = Enabled(instance.MetadataOptions.TagsEnabled),
    };

    /// <summary>An instance's disks; none while its first start attaches them.</summary>
    public IReadOnlyList<InstanceBlockDeviceMapping> DisksOf(Instance instance) => instance is { State: InstanceState.Pending, HasRun: false } ? [] :
    [
        .. instance.VolumeIds.Select(id => cloud.Find(Volume.Table, instance.AccountId, id)).OfType<Volume>().Where(volume => volume.Attachment is not null)
            .Select(volume => new InstanceBlockDeviceMapping
            {
                DeviceName = volume.Attachment!.DeviceName,
                Ebs = new EbsInstanceBlockDevice
                {
                    AttachTime = volume.Attachment.AttachTime,
                    DeleteOnTermination = volume.Attachment.DeleteOnTermination,
                    Status = VolumeDescriptions.StatusOf(volume.Attachment),
                    VolumeId = volume.Id,
                },
            }),
    ];

    /// <summary>The groups of an adapter with their names.</summary>
    public IReadOnlyList<GroupIdentifier> GroupsOf(NetworkInterface adapter) =>
    [
        .. adapter.SecurityGroupIds.Select(id => new GroupIdentifier { GroupId = id, GroupName = cloud.Find(SecurityGroup.Table, adapter.AccountId, id)?.Name }),
    ];

    /// <summary>The public name of an adapter, or <see langword="null"/>.</summary>
    public string? PublicName(NetworkInterface adapter) => PublicName(adapter, adapter.PublicIpAddress);

    private string? PublicName(NetworkInterface adapter, string? publicIpAddress) =>
        publicIpAddress is { } address && cloud.Find(Vpc.Table, adapter.AccountId, adapter.VpcId) is { EnableDnsHostnames: true }
            ? InstanceNames.PublicDnsName(address, region)
            : null;

    private InstanceNetworkInterface AdapterOf(Instance instance, NetworkInterface adapter)
    {
        return new InstanceNetworkInterface
        {
            Association = AssociationOf(adapter, adapter.Addresses.First()),
            Attachment = adapter.Attachment is not { } attachment ? null : new InstanceNetworkInterfaceAttachment
            {
                AttachTime = attachment.AttachTime,
                AttachmentId = attachment.Id,
                DeleteOnTermination = attachment.DeleteOnTermination,
                DeviceIndex = attachment.DeviceIndex,
                Status = InterfaceRecords.StatusOf(attachment, instance),
                NetworkCardIndex = 0,
            },
            Description = adapter.Description,
            Groups = GroupsOf(adapter),
            Ipv6Addresses = [],
            MacAddress = adapter.MacAddress,
            NetworkInterfaceId = adapter.Id,
            OwnerId = adapter.AccountId,
            PrivateDnsName = InstanceNames.PrivateDnsName(adapter.PrivateIpAddress, region),
            PrivateIpAddress = adapter.PrivateIpAddress,
            PrivateIpAddresses =
            [
                .. adapter.Addresses.Select((address, index) => new InstancePrivateIpAddress
                {
                    Association = AssociationOf(adapter, address),
                    Primary = index == 0,
                    PrivateDnsName = InstanceNames.PrivateDnsName(address.PrivateIpAddress, region),
                    PrivateIpAddress = address.PrivateIpAddress,
                }),
            ],
            SourceDestCheck = adapter.SourceDestCheck,
            Status = "in-use",
            SubnetId = adapter.SubnetId,
            VpcId = adapter.VpcId,
            InterfaceType = "interface",
        };
    }

    private InstanceNetworkInterfaceAssociation? AssociationOf(NetworkInterface adapter, InterfaceAddress address) => address.PublicIpAddress is null ? null : new()
    {
        IpOwnerId = address.AllocationId is null ? "amazon" : adapter.AccountId,
        PublicDnsName = PublicName(adapter, address.PublicIpAddress) ?? "",
        PublicIp = address.PublicIpAddress,
    };

    private static Monitoring MonitoringOf(Instance instance) => new()
    {
        State = instance.MonitoringEnabled ? instance.State == InstanceState.Pending ? "pending" : "enabled" : "disabled",
    };

    private static CpuOptions CpuOf(Instance instance)
    {
        // Types with an even number of virtual processors have two threads to a core; the first generation of T has one.
        var threads = instance.VCpus % 2 == 0 && !instance.InstanceType.StartsWith("t2.", StringComparison.Ordinal) ? 2 : 1;
        return new CpuOptions { CoreCount = instance.VCpus / threads, ThreadsPerCore = threads };
    }

    /// <summary>A profile by its ARN.</summary>
    public static IamInstanceProfile? ProfileOf(string? arn) => arn is null ? null : new IamInstanceProfile
    {
        Arn = arn,
        Id = $"AIPA{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(arn)))[..17]}",
    };

    private static string Enabled(bool value) => value ? "enabled" : "disabled";
}
