using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Store;
using Nines.Host.Api;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>Registering images of snapshots, copying images, and deregistering them.</summary>
internal sealed class ImageChanges(Cloud cloud, IIdSource ids, ImageCatalog catalog, SnapshotCatalog snapshots, VolumeKeys keys) : IOperations
{
    private const string DefaultRootDevice = "/dev/sda1";

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.RegisterImage, RegisterAsync, answersDryRun: true);
        table.On(Ec2Api.CopyImage, CopyAsync, answersDryRun: true);
        table.On(Ec2Api.DeregisterImage, DeregisterAsync, answersDryRun: true);
    }

    private async ValueTask<RegisterImageResult> RegisterAsync(RegisterImageRequest input, Call call, CancellationToken cancellationToken)
    {
        RegistrationRules.Check(input);
        var name = ImageName.Parse(input.Name);
        var root = input.RootDeviceName ?? DefaultRootDevice;
        var asked = BlockDeviceRules.ByDevice(input.BlockDeviceMappings);
        if (asked.GetValueOrDefault(root) is not { Ebs.SnapshotId: not null } mapping || !mapping.GivesVolume())
        {
            throw ImageErrors.NoRootSnapshot(root);
        }

        var tags = TagRules.Parse(input.TagSpecifications, ImageCreation.ResourceType, SnapshotChanges.ResourceType);
        var image = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var found = new Dictionary<string, Snapshot>(StringComparer.Ordinal);
                var disks = ImageDisks.OfSnapshots(asked, id => found[id] = Find(transaction, call, id));
                var source = found[mapping.Ebs.SnapshotId!];
                if (found.Values.Select(snapshot => snapshot.HostId).OfType<string>().Distinct().Count() > 1)
                {
                    throw SnapshotErrors.DifferentHosts(found.Keys);
                }

                var made = Register(input, call, name, source, root) with { Mappings = disks, Tags = tags.For(ImageCreation.ResourceType) };
                made = (made with { RootVolumeSizeGiB = disks.First(disk => disk.DeviceName == root).SizeGiB }).WithGate(transaction, catalog.StoreHas(made.Digest)?.HasGate == true);
                ImageName.Take(transaction, made);
                call.AnswerDryRun();
                transaction.Insert(Image.Table, made);
                return made;
            },
            cancellationToken);
        return new RegisterImageResult { ImageId = image.Id };
    }

    private Snapshot Find(CloudTransaction transaction, Call call, string id) =>
        SnapshotRecords.Use(transaction, snapshots.DemandOwn(transaction, call.AccountId, ResourceId.Parse<SnapshotId>(id).Value));

    private Image Register(RegisterImageRequest input, Call call, string name, Snapshot source, string root)
    {
        var known = source.BootDigest ?? throw ImageErrors.NoBoot(source.Id);
        var origin = catalog.StoreHas(known);
        var boot = RegistrationRules.BootOf(input, known, origin);
        var mode = boot is null ? origin?.BootMode : RegistrationRules.FirmwareModeOf(input, boot);
        RegistrationRules.CheckBoot(input, mode);
        return new Image
        {
            AccountId = call.AccountId,
            Id = ids.Next(ResourceKind.Image.Prefix),
            Name = name,
            Description = input.Description ?? "",
            Digest = boot?.Digest ?? known,
            Architecture = origin?.Architecture ?? input.Architecture ?? RegistrationRules.Architecture,
            BootMode = mode,
            TpmSupport = input.TpmSupport,
            UefiData = string.IsNullOrEmpty(input.UefiData) ? null : input.UefiData,
            RootDeviceName = root,
            RootVolumeSizeGiB = 0,
            MinimumMemoryMiB = origin?.MinimumMemoryMiB ?? 0,
            Platform = boot?.Platform ?? origin?.Platform ?? GuestPlatform.Linux,
            Devices = boot?.Devices ?? origin?.Devices ?? DeviceModel.Virtio,
            EnaSupport = input.EnaSupport ?? false,
            DefaultUser = origin?.DefaultUser,
            CreationDate = call.Now,
        };
    }

    private async ValueTask<CopyImageResult> CopyAsync(CopyImageRequest input, Call call, CancellationToken cancellationToken)
    {
        var sourceId = ResourceId.Parse<ImageId>(input.SourceImageId ?? throw Ec2Errors.MissingParameter("SourceImageId")).Value;
        SnapshotCopies.DemandHere(call, "SourceRegion", input.SourceRegion ?? throw Ec2Errors.MissingParameter("SourceRegion"));
        var name = ImageName.Parse(input.Name);
        if (input.DestinationOutpostArn is not null)
        {
            throw Ec2Errors.NoOutposts();
        }

        var token = ClientToken.Parse(input.ClientToken);
        var tags = TagRules.Parse(input.TagSpecifications, ImageCreation.ResourceType, SnapshotChanges.ResourceType);
        var id = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var fingerprint = $"{sourceId} {name} {input.Description} {input.CopyImageTags}{(input.Encrypted is null && input.KmsKeyId is null ? "" : $" {input.Encrypted} {input.KmsKeyId}")}";
                if (ClientToken.MadeBefore(transaction, call.AccountId, ImageCreation.ResourceType, token, fingerprint) is { } earlier)
                {
                    return earlier;
                }

                var known = catalog.Find(call.AccountId, sourceId) ?? throw Ec2Errors.NotFound(ResourceKind.Image, sourceId);
                var source = transaction.Find(Image.Table, known.AccountId, known.Id) ?? throw Ec2Errors.NotFound(ResourceKind.Image, sourceId);
                if (source.State != ImageState.Available)
                {
                    throw ImageErrors.NotAvailable(sourceId);
                }

                var copied = input.CopyImageTags == true && source.AccountId == call.AccountId ? source.Tags : TagMap.Empty;
                var made = Copy(source, call, name, input.Description) with { Tags = TagRules.Merge(copied, tags.For(ImageCreation.ResourceType)), ClientToken = token };
                ImageName.Take(transaction, made);
                made = made with { Mappings = [.. source.Disks.Select(disk => Copy(transaction, call, source, made, disk, new EncryptionRequest(input.Encrypted, input.KmsKeyId), tags.For(SnapshotChanges.ResourceType)))] };
                made = made.WithGate(transaction, source.HasGate);
                call.AnswerDryRun();
                transaction.Insert(Image.Table, made);
                ClientToken.Remember(transaction, call.AccountId, ImageCreation.ResourceType, token, fingerprint, made.Id);
                return made.Id;
            },
            cancellationToken);
        return new CopyImageResult { ImageId = id };
    }

    /// <summary>The same image of another owner.</summary>
    private Image Copy(Image source, Call call, string name, string? description) => new()
    {
        AccountId = call.AccountId,
        Id = ids.Next(ResourceKind.Image.Prefix),
        Name = name,
        Description = description ?? $"[Copied {source.Id} from {call.Region}] {source.Description}".TrimEnd(),
        Digest = source.Digest,
        State = ImageState.Pending,
        Architecture = source.Architecture,
        BootMode = source.BootMode,
        TpmSupport = source.TpmSupport,
        UefiData = source.UefiData,
        RootDeviceName = source.RootDeviceName,
        RootVolumeSizeGiB = source.RootVolumeSizeGiB,
        MinimumMemoryMiB = source.MinimumMemoryMiB,
        Platform = source.Platform,
        Devices = source.Devices,
        EnaSupport = source.EnaSupport,
        DefaultUser = source.DefaultUser,
        SourceImageId = source.Id,
        SourceImageRegion = call.Region,
        CreationDate = call.Now,
    };

    private ImageMapping Copy(
        CloudTransaction transaction, Call call, Image source, Image copy, ImageMapping disk, EncryptionRequest asked, ImmutableSortedDictionary<string, string> tags)
    {
        if (disk.SnapshotId is not { } id)
        {
            return disk;
        }

        // Who may launch an image may not take its disks along: its owner shares the snapshots for that (EC2 User Guide: Copy an AMI).
        var snapshot = SnapshotCatalog.DemandOf(transaction, source, id);
        if (!snapshot.IsPublic && !snapshot.IsOf(call.AccountId))
        {
            throw new Nines.Wire.AwsException("InvalidRequest", $"You do not have permission to access the storage of this ami: the snapshot '{id}' is not shared with you.");
        }

        var description = $"Copied for DestinationAmi {copy.Id} from SourceAmi {source.Id} for SourceSnapshot {id}.";
        var made = SnapshotRecords.Copy(transaction, ids, keys, call, snapshot, asked, description, tags);
        return disk with { SnapshotId = made.Id, Encrypted = made.Key is not null };
    }

    private async ValueTask<DeregisterImageResult> DeregisterAsync(DeregisterImageRequest input, Call call, CancellationToken cancellationToken)
    {
        var results = await cloud.ChangeImageAsync(
            catalog,
            input.ImageId,
            call,
            (transaction, image) =>
            {
                if (image.Protection != DeregistrationProtection.Disabled || call.Now < image.ProtectedUntil)
                {
                    throw ImageErrors.Protected(image.Id);
                }

                if (image.IsStored)
                {
                    throw ImageErrors.Stored(image.Id);
                }

                call.AnswerDryRun();
                transaction.Delete(Image.Table, image);
                ImageName.Free(transaction, image);
                ClientToken.Forget(transaction, call.AccountId, ImageCreation.ResourceType, image.ClientToken);
                return input.DeleteAssociatedSnapshots == true ? DeleteSnapshots(transaction, image, call.Now) : null;
            },
            cancellationToken);
        return new DeregisterImageResult { Return = true, DeleteSnapshotResults = results };
    }

    private static IReadOnlyList<DeleteSnapshotReturnCode> DeleteSnapshots(CloudTransaction transaction, Image image, DateTimeOffset now) =>
    [
        .. image.Mappings.Select(mapping => mapping.SnapshotId).OfType<string>().Distinct().Select(id => new DeleteSnapshotReturnCode
        {
            SnapshotId = id,
            ReturnCode = DeleteSnapshot(transaction, image.AccountId, id, now),
        }),
    ];

    private static string DeleteSnapshot(CloudTransaction transaction, string accountId, string id, DateTimeOffset now)
    {
        if (transaction.By(Image.BySnapshot, id).Count > 0)
        {
            return SnapshotReturnCodes.Skipped;
        }

        if (transaction.Find(Snapshot.Table, accountId, id) is not { State: not Snapshots.SnapshotState.Deleting } snapshot || snapshot.Lock?.Holds(now) is true)
        {
            return SnapshotReturnCodes.ClientError;
        }

        SnapshotRecords.Delete(transaction, snapshot);
        return SnapshotReturnCodes.Success;
    }
}
