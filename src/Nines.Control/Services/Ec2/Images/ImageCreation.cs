using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Store;
using Nines.Host.Api;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>
/// Makes images of instances: snapshots of all disks at one moment. A running instance is rebooted for them unless the request says not to, and
/// they are taken while its guest is off.
/// </summary>
internal sealed class ImageCreation(Cloud cloud, IIdSource ids, ImageCatalog catalog, SnapshotCatalog snapshots) : IOperations
{
    /// <summary>The type of images in tag specifications.</summary>
    public const string ResourceType = "image";

    public void Map(OperationTable table) => table.On(Ec2Api.CreateImage, CreateAsync, answersDryRun: true);

    private async ValueTask<CreateImageResult> CreateAsync(CreateImageRequest input, Call call, CancellationToken cancellationToken)
    {
        var instanceId = ResourceId.Parse<InstanceId>(input.InstanceId ?? throw Ec2Errors.MissingParameter("instanceId"));
        var name = ImageName.Parse(input.Name);
        var asked = BlockDeviceRules.ByDevice(input.BlockDeviceMappings);
        var tags = TagRules.Parse(input.TagSpecifications, ResourceType, SnapshotChanges.ResourceType);
        var image = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, [instanceId])[0];
                if (instance.State is not (InstanceState.Running or InstanceState.Stopped))
                {
                    throw InstanceErrors.NeitherRunningNorStopped(instance.Id);
                }

                var reboots = instance.State == InstanceState.Running && input.NoReboot != true;
                var made = Image(instance, call, name, input.Description, tags.For(ResourceType));
                ImageName.Take(transaction, made);
                made = made with { Mappings = Disks(transaction, call, made, reboots ? InstancePlan.Reboot(instance) : instance, reboots, asked, tags.For(SnapshotChanges.ResourceType)) };
                made = (made with { RootVolumeSizeGiB = made.Disks.First(disk => disk.DeviceName == made.RootDeviceName).SizeGiB })
                    .WithGate(transaction, catalog.StoreHas(made.Digest)?.HasGate == true);
                call.AnswerDryRun();
                transaction.Insert(Images.Image.Table, made);
                if (reboots)
                {
                    transaction.Put(Instance.Table, InstancePlan.Reboot(instance));
                }

                return made;
            },
            cancellationToken);
        return new CreateImageResult { ImageId = image.Id };
    }

    /// <summary>What is started like the instance: with the kernel or firmware of the same image.</summary>
    private Image Image(Instance instance, Call call, string name, string? description, ImmutableSortedDictionary<string, string> tags)
    {
        var source = catalog.Find(call.AccountId, instance.ImageId);
        return new Image
        {
            AccountId = call.AccountId,
            Id = ids.Next(ResourceKind.Image.Prefix),
            Name = name,
            Description = description ?? "",
            Digest = instance.ImageDigest,
            State = ImageState.Pending,
            Architecture = instance.Architecture,
            BootMode = instance.BootMode,
            TpmSupport = instance.TpmSupport,
            RootDeviceName = instance.RootDeviceName,
            RootVolumeSizeGiB = 0,
            MinimumMemoryMiB = source?.MinimumMemoryMiB ?? 0,
            Platform = instance.Platform,
            Devices = instance.Devices,

            // With Windows the machine itself shows what the guest drives.
            EnaSupport = instance.Devices is DeviceModel.Virtio && (instance.Platform is GuestPlatform.Windows || (source?.EnaSupport ?? true)),
            DefaultUser = source?.DefaultUser,
            SourceInstanceId = instance.Id,
            SourceImageId = instance.ImageId,
            SourceImageRegion = call.Region,
            CreationDate = call.Now,
            Tags = tags,
        };
    }

    private ImmutableArray<ImageMapping> Disks(
        CloudTransaction transaction, Call call, Image image, Instance instance, bool reboots, Dictionary<string, BlockDeviceMapping> asked, ImmutableSortedDictionary<string, string> tags)
    {
        var volumes = SnapshotChanges.DisksOf(transaction, instance);
        if (volumes.IsEmpty || volumes[0].Attachment!.DeviceName != instance.RootDeviceName)
        {
            throw Ec2Errors.InvalidParameterValue($"Invalid value '{instance.Id}' for instanceId. Instance does not have a volume attached at root ({instance.RootDeviceName})");
        }

        var moment = reboots ? new SnapshotMoment(instance.Id, instance.BootGeneration, instance.RebootGeneration) : null;
        var disks = ImageDisks.OfInstance(
            volumes,
            instance.RootDeviceName,
            asked,
            volume => SnapshotRecords.Add(transaction, ids, call, volume, $"Created by CreateImage({instance.Id}) for {image.Id}", tags, image.Id, moment),
            id => SnapshotRecords.Use(transaction, snapshots.DemandOwn(transaction, call.AccountId, ResourceId.Parse<SnapshotId>(id).Value)));
        return disks.Length <= LaunchDisks.Maximum ? disks : throw VolumeErrors.InvalidMapping($"An image has at most {LaunchDisks.Maximum} disks");
    }
}
