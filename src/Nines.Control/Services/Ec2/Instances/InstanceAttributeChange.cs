using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.InstanceTypes;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Host.Api;
using Nines.Wire;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using SecurityGroup = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroup;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>The one change that a ModifyInstanceAttribute request asks for. A request names an attribute either by its own parameter or by its name and a text.</summary>
internal sealed class InstanceAttributeChange
{
    private readonly Func<CloudTransaction, Instance, Instance> _apply;

    private InstanceAttributeChange(Func<CloudTransaction, Instance, Instance> apply) => _apply = apply;

    /// <summary>The instance with the change; other records are written into the transaction.</summary>
    /// <exception cref="AwsException">What EC2 answers.</exception>
    public Instance Apply(CloudTransaction transaction, Instance instance) => _apply(transaction, instance);

    /// <summary>Reads the request.</summary>
    /// <exception cref="AwsException"><c>InvalidParameterCombination</c> unless it names exactly one attribute.</exception>
    public static InstanceAttributeChange Parse(ModifyInstanceAttributeRequest input)
    {
        var changes = Named(input).Where(change => change.Given).ToList();
        if (input.Attribute is { } name && (input.Value is not null || changes.Count == 0))
        {
            changes.Add((true, name, ByName(name, input.Value ?? "")));
        }

        return changes switch
        {
            [] => throw Ec2Errors.InvalidParameterCombination("No attributes specified."),
            [var only] => new InstanceAttributeChange(only.Apply),
            _ => throw Ec2Errors.InvalidParameterCombination($"Fields for multiple attribute types specified: {string.Join(", ", changes.Select(change => change.Name))}"),
        };
    }

    /// <summary>Turns the check of the primary adapter on or off.</summary>
    public static Instance SetSourceDestCheck(CloudTransaction transaction, Instance instance, bool value)
    {
        var adapter = Primary(transaction, instance);
        transaction.Put(NetworkInterface.Table, adapter with { SourceDestCheck = value });
        return instance with { DeviceRevision = instance.DeviceRevision + 1 };
    }

    private static IEnumerable<(bool Given, string Name, Func<CloudTransaction, Instance, Instance> Apply)> Named(ModifyInstanceAttributeRequest input) =>
    [
        (input.InstanceType is not null, "instanceType", (_, instance) => SetType(instance, input.InstanceType?.Value)),
        (input.UserData is not null, "userData", (_, instance) => Stopped(instance) with { UserData = UserDataRules.Check(input.UserData?.Value ?? default) }),
        (input.DisableApiTermination is not null, "disableApiTermination", (_, instance) => instance with { DisableApiTermination = input.DisableApiTermination?.Value ?? false }),
        (input.DisableApiStop is not null, "disableApiStop", (_, instance) => instance with { DisableApiStop = input.DisableApiStop?.Value ?? false }),
        (input.InstanceInitiatedShutdownBehavior is not null, "instanceInitiatedShutdownBehavior",
            (_, instance) => SetShutdownBehavior(instance, input.InstanceInitiatedShutdownBehavior?.Value)),
        (input.SourceDestCheck is not null, "sourceDestCheck", (transaction, instance) => SetSourceDestCheck(transaction, instance, input.SourceDestCheck?.Value ?? true)),
        (input.Groups is { Count: > 0 }, "groupSet", (transaction, instance) => SetGroups(transaction, instance, input.Groups!)),
        (input.EbsOptimized is not null, "ebsOptimized", (_, instance) => Stopped(instance) with { EbsOptimized = input.EbsOptimized?.Value ?? false }),
        (input.EnaSupport is not null, "enaSupport", (_, instance) => SetEnaSupport(instance, input.EnaSupport?.Value ?? true)),
        (input.BlockDeviceMappings is { Count: > 0 }, "blockDeviceMapping", (transaction, instance) => SetDisks(transaction, instance, input.BlockDeviceMappings!)),
        (input.Kernel is not null, "kernel", (_, _) => throw Unsupported("kernel")),
        (input.Ramdisk is not null, "ramdisk", (_, _) => throw Unsupported("ramdisk")),
        (input.SriovNetSupport is not null, "sriovNetSupport", (_, instance) => SetSriov(instance, input.SriovNetSupport?.Value)),
    ];

    private static Func<CloudTransaction, Instance, Instance> ByName(string name, string value) => name switch
    {
        "instanceType" => (_, instance) => SetType(instance, value),
        "userData" => (_, instance) => Stopped(instance) with { UserData = UserDataRules.Decode(value) },
        "disableApiTermination" => (_, instance) => instance with { DisableApiTermination = Truth(name, value) },
        "disableApiStop" => (_, instance) => instance with { DisableApiStop = Truth(name, value) },
        "instanceInitiatedShutdownBehavior" => (_, instance) => SetShutdownBehavior(instance, value),
        "sourceDestCheck" => (transaction, instance) => SetSourceDestCheck(transaction, instance, Truth(name, value)),
        "groupSet" => (transaction, instance) => SetGroups(transaction, instance, [value]),
        "ebsOptimized" => (_, instance) => Stopped(instance) with { EbsOptimized = Truth(name, value) },
        "enaSupport" => (_, instance) => SetEnaSupport(instance, Truth(name, value)),
        "sriovNetSupport" => (_, instance) => SetSriov(instance, value),
        "kernel" or "ramdisk" => throw Unsupported(name),
        "rootDeviceName" or "productCodes" or "blockDeviceMapping" or "enclaveOptions" =>
            throw Ec2Errors.InvalidValue("attribute", name, "The attribute cannot be modified this way."),
        _ => throw InstanceAttributes.UnknownAttribute(name),
    };

    private static Instance SetType(Instance instance, string? name)
    {
        var type = InstanceTypeCatalog.Find(name ?? "")
            ?? throw new AwsException("InvalidInstanceAttributeValue", $"Invalid value '{name}' for instanceType.");
        if (!type.Architectures.Contains(instance.Architecture))
        {
            throw new AwsException("InvalidInstanceAttributeValue", $"The instance type '{name}' does not have the architecture '{instance.Architecture}' of the instance.");
        }

        if (instance.TpmSupport is not null && !type.HasTpm)
        {
            throw new AwsException("InvalidInstanceAttributeValue", $"The instance type '{name}' does not support the TPM of the instance.");
        }

        return instance is { State: InstanceState.Stopped, Hibernate: true }
            ? throw InstanceErrors.HibernatedTypeFixed(instance.Id)
            : Stopped(instance) with { InstanceType = type.Name, VCpus = type.VCpus, MemoryMiB = type.MemoryMiB };
    }

    private static Instance SetShutdownBehavior(Instance instance, string? value) => instance with
    {
        ShutdownBehavior = LaunchRequests.ParseShutdownBehavior(value ?? throw Ec2Errors.MissingParameter("instanceInitiatedShutdownBehavior"))!.Value,
    };

    /// <summary>
    /// Whether the guest drives the cloud's own adapters, and disks. One that does gets them at its next start; a Windows whose drivers turn out to be missing gets the
    /// others back. The firmware that starts it stays.
    /// </summary>
    private static Instance SetEnaSupport(Instance instance, bool value)
    {
        var devices = value ? DeviceModel.Virtio : DeviceModel.Emulated;
        if (Stopped(instance).Devices == devices)
        {
            return instance;
        }

        return instance.BootMode is not null && (value || instance.Platform is GuestPlatform.Windows)
            ? instance with { Devices = devices, ImageDigest = new FirmwareBoot(instance.BootMode != BootModeValues.LegacyBios, instance.Platform, devices).Digest, FastLaunchOwner = null }
            : throw Unsupported("enaSupport");
    }

    private static Instance SetSriov(Instance instance, string? value) => value == "simple"
        ? Stopped(instance)
        : throw new AwsException("InvalidInstanceAttributeValue", $"Value ({value}) for parameter sriovNetSupport is invalid. Valid value is simple.");

    private static Instance SetGroups(CloudTransaction transaction, Instance instance, IReadOnlyList<string> ids)
    {
        var adapter = Primary(transaction, instance);
        var groups = LaunchInterfaces.ParseGroups(ids);
        if (groups.Count > LaunchInterfaces.MaximumGroups)
        {
            throw LaunchInterfaces.TooManyGroups();
        }

        foreach (var id in groups)
        {
            var group = SecurityGroup.FindOpen(transaction, instance.AccountId, id);
            if (!group.IsTakenIn(transaction, adapter.VpcId))
            {
                throw new AwsException("InvalidGroup.NotFound", $"You have specified two resources that belong to different networks: {id} and {instance.Id}.");
            }
        }

        transaction.Put(NetworkInterface.Table, adapter with { SecurityGroupIds = [.. groups] });
        return instance with { DeviceRevision = instance.DeviceRevision + 1 };
    }

    private static Instance SetDisks(CloudTransaction transaction, Instance instance, IReadOnlyList<InstanceBlockDeviceMappingSpecification> mappings)
    {
        var volumes = instance.VolumeIds.Select(id => transaction.Find(Volume.Table, instance.AccountId, id)).OfType<Volume>().ToImmutableArray();
        foreach (var mapping in mappings)
        {
            var volume = volumes.FirstOrDefault(volume => volume.Attachment?.DeviceName == mapping.DeviceName)
                ?? throw new AwsException("InvalidInstanceAttributeValue", $"No device is currently mapped at {mapping.DeviceName}");
            if (mapping.Ebs?.VolumeId is { } id && id != volume.Id)
            {
                throw new AwsException("InvalidInstanceAttributeValue", $"The device {mapping.DeviceName} is mapped to {volume.Id}, not to {id}.");
            }

            var attachment = volume.Attachment! with { DeleteOnTermination = mapping.Ebs?.DeleteOnTermination ?? true };
            transaction.Put(Volume.Table, volume with { Attachment = attachment });
        }

        return instance with { DeviceRevision = instance.DeviceRevision + 1 };
    }

    private static NetworkInterface Primary(CloudTransaction transaction, Instance instance) =>
        transaction.Find(NetworkInterface.Table, instance.AccountId, instance.NetworkInterfaceIds[0])
        ?? throw Ec2Errors.NotFound(ResourceKind.NetworkInterface, instance.NetworkInterfaceIds[0]);

    private static Instance Stopped(Instance instance) => instance.State == InstanceState.Stopped ? instance : throw InstanceErrors.NotStopped(instance.Id);

    private static bool Truth(string name, string value) => value switch
    {
        "true" or "True" or "1" => true,
        "false" or "False" or "0" => false,
        _ => throw Ec2Errors.InvalidValue(name, value, "Valid values are true and false."),
    };

    private static AwsException Unsupported(string attribute) => Ec2Errors.Unsupported($"The attribute '{attribute}' cannot be changed in this cloud.");
}
