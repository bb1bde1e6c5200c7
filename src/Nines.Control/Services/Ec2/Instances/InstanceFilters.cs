using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Query;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>The filters of DescribeInstances and DescribeInstanceStatus (EC2 API Reference). What a record holds is read from it, the rest from the mapped answer.</summary>
internal static class InstanceFilters
{
    /// <summary>The filters of DescribeInstances.</summary>
    public static readonly FilterSet<InstanceRow> Instances = Devices(Options(Basics(new FilterSet<InstanceRow>())))
        .AddTags(row => row.Instance.Tags)
        .AddNeverMatching(
            "instance-lifecycle", "ipv6-address", "kernel-id", "outpost-arn", "product-code", "product-code.type", "ramdisk-id", "requester-id", "spot-instance-request-id",
            "capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn",
            "network-interface.addresses.association.allocation-id", "network-interface.addresses.association.association-id",
            "network-interface.addresses.association.carrier-ip", "network-interface.addresses.association.customer-owned-ip",
            "network-interface.association.allocation-id", "network-interface.association.association-id", "network-interface.association.carrier-ip",
            "network-interface.association.customer-owned-ip", "network-interface.ipv4-prefixes.ipv4-prefix", "network-interface.ipv6-address",
            "network-interface.ipv6-addresses.ipv6-address", "network-interface.ipv6-addresses.is-primary-ipv6", "network-interface.ipv6-prefixes.ipv6-prefix",
            "network-interface.outpost-arn", "network-interface.requester-id", "network-interface.tag-key", "network-interface.tag-value");

    /// <summary>The filters of DescribeInstanceStatus.</summary>
    public static readonly FilterSet<InstanceRow> Statuses = new FilterSet<InstanceRow>()
        .Add("availability-zone", row => row.Instance.Zone)
        .Add("instance-state-code", row => (int)row.Instance.State)
        .Add("instance-state-name", row => row.Instance.State.Name())
        .Add("instance-status.status", row => InstanceHealth.Of(row.Instance).Status)
        .Add("instance-status.reachability", row => InstanceHealth.Of(row.Instance).Reachability)
        .Add("system-status.status", row => InstanceHealth.OfSystem(row.Instance).Status)
        .Add("system-status.reachability", row => InstanceHealth.OfSystem(row.Instance).Reachability)
        .Add("attached-ebs-status.status", row => InstanceHealth.OfSystem(row.Instance).Status)
        .AddMany("event.code", row => row.Instance.Events.Select(scheduled => scheduled.Code))
        .AddMany("event.description", row => row.Instance.Events.Select(scheduled => scheduled.Describe().Description))
        .AddMany("event.instance-event-id", row => row.Instance.Events.Select(scheduled => scheduled.Id))
        .AddMany("event.not-after", row => row.Instance.Events.Select(scheduled => Time(scheduled.NotAfter)))
        .AddMany("event.not-before", row => row.Instance.Events.Select(scheduled => Time(scheduled.NotBefore)))
        .AddMany("event.not-before-deadline", row => row.Instance.Events.Select(scheduled => Time(scheduled.NotBeforeDeadline)));

    /// <summary>The filters of DescribeInstanceCreditSpecifications.</summary>
    public static readonly FilterSet<InstanceRow> Credits = new FilterSet<InstanceRow>().Add("instance-id", row => row.Instance.Id);

    /// <summary>A time as filters spell it: <c>2026-11-22T19:04:57.000Z</c>.</summary>
    public static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static FilterSet<InstanceRow> Basics(FilterSet<InstanceRow> filters) => filters
        .Add("affinity", row => row.View.Placement?.Affinity)
        .Add("architecture", row => row.Instance.Architecture)
        .Add("availability-zone", row => row.Instance.Zone)
        .Add("boot-mode", row => row.Instance.BootMode)
        .Add("client-token", row => row.Instance.ClientToken)
        .Add("tpm-support", row => row.Instance.TpmSupport)
        .Add("current-instance-boot-mode", row => row.View.CurrentInstanceBootMode)
        .Add("dns-name", row => row.View.PublicDnsName)
        .Add("host-id", row => row.Instance.DedicatedHostId)
        .Add("hypervisor", row => row.View.Hypervisor)
        .Add("image-id", row => row.Instance.ImageId)
        .Add("instance-id", row => row.Instance.Id)
        .Add("instance-state-code", row => (int)row.Instance.State)
        .Add("instance-state-name", row => row.Instance.State.Name())
        .Add("instance-type", row => row.Instance.InstanceType)
        .AddMany("instance.group-id", row => (row.View.SecurityGroups ?? []).Select(group => group.GroupId))
        .AddMany("instance.group-name", row => (row.View.SecurityGroups ?? []).Select(group => group.GroupName))
        .AddMany("group-id", row => (row.View.SecurityGroups ?? []).Select(group => group.GroupId))
        .AddMany("group-name", row => (row.View.SecurityGroups ?? []).Select(group => group.GroupName))
        .Add("ip-address", row => row.View.PublicIpAddress)
        .Add("key-name", row => row.Instance.KeyName)
        .Add("launch-index", row => row.Instance.LaunchIndex)
        .Add("launch-time", row => Time(row.Instance.LaunchTime))
        .Add("owner-id", row => row.Instance.AccountId)
        .Add("placement-group-name", row => row.Instance.PlacementGroupName)
        .Add("placement-partition-number", row => row.Instance.PlacementPartition?.ToString(CultureInfo.InvariantCulture))
        .Add("platform", row => row.View.Platform)
        .Add("platform-details", row => row.View.PlatformDetails)
        .Add("private-dns-name", row => row.View.PrivateDnsName)
        .Add("private-ip-address", row => row.View.PrivateIpAddress)
        .Add("reason", row => row.Instance.StateTransitionReason ?? "")
        .Add("reservation-id", row => row.Instance.ReservationId)
        .Add("root-device-name", row => row.Instance.RootDeviceName)
        .Add("root-device-type", row => row.View.RootDeviceType)
        .Add("source-dest-check", row => Text(row.View.SourceDestCheck))
        .Add("state-reason-code", row => row.Instance.StateReason?.Code)
        .Add("state-reason-message", row => row.Instance.StateReason?.Message)
        .Add("subnet-id", row => row.View.SubnetId)
        .Add("tenancy", row => row.View.Placement?.Tenancy)
        .Add("usage-operation", row => row.View.UsageOperation)
        .Add("usage-operation-update-time", row => Time(row.View.UsageOperationUpdateTime))
        .Add("virtualization-type", row => row.View.VirtualizationType)
        .Add("vpc-id", row => row.View.VpcId);

    private static FilterSet<InstanceRow> Options(FilterSet<InstanceRow> filters) => filters
        .Add("capacity-reservation-id", row => row.View.CapacityReservationId)
        .Add("capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id", row => row.Instance.CapacityChoice?.ReservationId)
        .Add("capacity-reservation-specification.capacity-reservation-preference", row => row.View.CapacityReservationSpecification?.CapacityReservationPreference)
        .Add("ebs-optimized", row => row.Instance.EbsOptimized)
        .Add("ena-support", row => Text(row.View.EnaSupport))
        .Add("enclave-options.enabled", row => Text(row.View.EnclaveOptions?.Enabled))
        .Add("hibernation-options.configured", row => Text(row.View.HibernationOptions?.Configured))
        .Add("iam-instance-profile.arn", row => row.Instance.InstanceProfileArn)
        .Add("iam-instance-profile.id", row => row.View.IamInstanceProfile?.Id)
        .Add("iam-instance-profile.name", row => row.Instance.InstanceProfileArn?[(row.Instance.InstanceProfileArn.LastIndexOf('/') + 1)..])
        .Add("maintenance-options.auto-recovery", row => row.View.MaintenanceOptions?.AutoRecovery)
        .Add("metadata-options.http-endpoint", row => row.View.MetadataOptions?.HttpEndpoint)
        .Add("metadata-options.http-protocol-ipv4", row => row.View.MetadataOptions?.HttpEndpoint)
        .Add("metadata-options.http-protocol-ipv6", row => row.View.MetadataOptions?.HttpProtocolIpv6)
        .Add("metadata-options.http-put-response-hop-limit", row => row.Instance.MetadataOptions.HopLimit)
        .Add("metadata-options.http-tokens", row => row.View.MetadataOptions?.HttpTokens)
        .Add("metadata-options.instance-metadata-tags", row => row.View.MetadataOptions?.InstanceMetadataTags)
        .Add("metadata-options.state", row => row.View.MetadataOptions?.State)
        .Add("monitoring-state", row => row.View.Monitoring?.State)
        .Add("private-dns-name-options.enable-resource-name-dns-a-record", row => Text(row.View.PrivateDnsNameOptions?.EnableResourceNameDnsARecord))
        .Add("private-dns-name-options.enable-resource-name-dns-aaaa-record", row => Text(row.View.PrivateDnsNameOptions?.EnableResourceNameDnsAAAARecord))
        .Add("private-dns-name-options.hostname-type", row => row.View.PrivateDnsNameOptions?.HostnameType);

    private static FilterSet<InstanceRow> Devices(FilterSet<InstanceRow> filters) => filters
        .AddMany("block-device-mapping.attach-time", row => Disks(row).Select(disk => Time(disk.Ebs?.AttachTime)))
        .AddMany("block-device-mapping.delete-on-termination", row => Disks(row).Select(disk => Text(disk.Ebs?.DeleteOnTermination)))
        .AddMany("block-device-mapping.device-name", row => Disks(row).Select(disk => disk.DeviceName))
        .AddMany("block-device-mapping.status", row => Disks(row).Select(disk => disk.Ebs?.Status))
        .AddMany("block-device-mapping.volume-id", row => row.Instance.VolumeIds)
        .AddMany("network-interface.addresses.association.ip-owner-id", row => Adapters(row).Select(adapter => adapter.Association?.IpOwnerId))
        .AddMany("network-interface.addresses.association.public-dns-name", row => Adapters(row).Select(adapter => adapter.Association?.PublicDnsName))
        .AddMany("network-interface.addresses.association.public-ip", row => Adapters(row).Select(adapter => adapter.Association?.PublicIp))
        .AddMany("network-interface.addresses.primary", row => Adapters(row).Select(_ => "true"))
        .AddMany("network-interface.addresses.private-dns-name", row => Adapters(row).Select(adapter => adapter.PrivateDnsName))
        .AddMany("network-interface.addresses.private-ip-address", row => Adapters(row).Select(adapter => adapter.PrivateIpAddress))
        .AddMany("network-interface.association.ip-owner-id", row => Adapters(row).Select(adapter => adapter.Association?.IpOwnerId))
        .AddMany("network-interface.association.public-dns-name", row => Adapters(row).Select(adapter => adapter.Association?.PublicDnsName))
        .AddMany("network-interface.association.public-ip", row => Adapters(row).Select(adapter => adapter.Association?.PublicIp))
        .AddMany("network-interface.attachment.attach-time", row => Adapters(row).Select(adapter => Time(adapter.Attachment?.AttachTime)))
        .AddMany("network-interface.attachment.attachment-id", row => Adapters(row).Select(adapter => adapter.Attachment?.AttachmentId))
        .AddMany("network-interface.attachment.delete-on-termination", row => Adapters(row).Select(adapter => Text(adapter.Attachment?.DeleteOnTermination)))
        .AddMany("network-interface.attachment.device-index", row => Adapters(row).Select(adapter => $"{adapter.Attachment?.DeviceIndex}"))
        .AddMany("network-interface.attachment.instance-id", row => Adapters(row).Select(_ => row.Instance.Id))
        .AddMany("network-interface.attachment.instance-owner-id", row => Adapters(row).Select(adapter => adapter.OwnerId))
        .AddMany("network-interface.attachment.network-card-index", row => Adapters(row).Select(adapter => $"{adapter.Attachment?.NetworkCardIndex}"))
        .AddMany("network-interface.attachment.status", row => Adapters(row).Select(adapter => adapter.Attachment?.Status))
        .AddMany("network-interface.availability-zone", row => Adapters(row).Select(_ => row.Instance.Zone))
        .AddMany("network-interface.deny-all-igw-traffic", row => Adapters(row).Select(_ => "false"))
        .AddMany("network-interface.description", row => Adapters(row).Select(adapter => adapter.Description))
        .AddMany("network-interface.group-id", row => Adapters(row).SelectMany(adapter => adapter.Groups ?? []).Select(group => group.GroupId))
        .AddMany("network-interface.group-name", row => Adapters(row).SelectMany(adapter => adapter.Groups ?? []).Select(group => group.GroupName))
        .AddMany("network-interface.ipv6-native", row => Adapters(row).Select(_ => "false"))
        .AddMany("network-interface.mac-address", row => Adapters(row).Select(adapter => adapter.MacAddress))
        .AddMany("network-interface.network-interface-id", row => row.Instance.NetworkInterfaceIds)
        .AddMany("network-interface.owner-id", row => Adapters(row).Select(adapter => adapter.OwnerId))
        .AddMany("network-interface.private-dns-name", row => Adapters(row).Select(adapter => adapter.PrivateDnsName))
        .AddMany("network-interface.private-ip-address", row => Adapters(row).Select(adapter => adapter.PrivateIpAddress))
        .AddMany("network-interface.public-dns-name", row => Adapters(row).Select(adapter => adapter.Association?.PublicDnsName))
        .AddMany("network-interface.requester-managed", row => Adapters(row).Select(_ => "false"))
        .AddMany("network-interface.status", row => Adapters(row).Select(adapter => adapter.Status))
        .AddMany("network-interface.source-dest-check", row => Adapters(row).Select(adapter => Text(adapter.SourceDestCheck)))
        .AddMany("network-interface.subnet-id", row => Adapters(row).Select(adapter => adapter.SubnetId))
        .AddMany("network-interface.vpc-id", row => Adapters(row).Select(adapter => adapter.VpcId));

    private static IReadOnlyList<InstanceBlockDeviceMapping> Disks(InstanceRow row) => row.View.BlockDeviceMappings ?? [];

    private static IReadOnlyList<InstanceNetworkInterface> Adapters(InstanceRow row) => row.View.NetworkInterfaces ?? [];

    private static string? Text(bool? value) => value switch
    {
        null => null,
        true => "true",
        false => "false",
    };
}
