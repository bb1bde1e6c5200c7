using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.PublicAccess;
using Nines.Control.Services.Ec2.Sharing;
using Nines.Control.Store;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>An image's attributes one by one, and who but its owner may launch it.</summary>
internal sealed class ImageAttributes(Cloud cloud, ImageCatalog catalog) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeImageAttribute, DescribeAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyImageAttribute, ModifyAsync, answersDryRun: true);
        table.On(Ec2Api.ResetImageAttribute, ResetAsync, answersDryRun: true);
    }

    private ValueTask<DescribeImageAttributeResult> DescribeAsync(DescribeImageAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        var image = cloud.FindOwnImage(catalog, input.ImageId, call);
        var answer = new DescribeImageAttributeResult { ImageId = image.Id };
        answer = (input.Attribute ?? throw Ec2Errors.MissingParameter("attribute")) switch
        {
            ImageAttributeName.Description => answer with { Description = new AttributeValue { Value = image.Description } },
            ImageAttributeName.LaunchPermission => answer with { LaunchPermissions = [.. PermissionsOf(image)] },
            ImageAttributeName.BlockDeviceMapping => answer with { BlockDeviceMappings = ImageDescriptions.Describe(image.Disks) },
            ImageAttributeName.BootMode => answer with { BootMode = new AttributeValue { Value = image.BootMode } },
            ImageAttributeName.SriovNetSupport => answer with { SriovNetSupport = new AttributeValue { Value = ImageDescriptions.SriovNetSupport } },
            ImageAttributeName.ImdsSupport => answer with { ImdsSupport = new AttributeValue { Value = ImageDescriptions.ImdsSupport } },
            ImageAttributeName.DeregistrationProtection => answer with { DeregistrationProtection = new AttributeValue { Value = ImageDescriptions.Name(image.Protection) } },
            ImageAttributeName.ProductCodes => answer with { ProductCodes = [] },
            ImageAttributeName.Kernel => answer with { KernelId = new AttributeValue() },
            ImageAttributeName.Ramdisk => answer with { RamdiskId = new AttributeValue() },
            ImageAttributeName.TpmSupport => answer with { TpmSupport = new AttributeValue { Value = image.TpmSupport } },
            ImageAttributeName.UefiData => answer with { UefiData = new AttributeValue { Value = image.UefiData } },
            ImageAttributeName.LastLaunchedTime => answer with { LastLaunchedTime = new AttributeValue() },
            _ => throw Ec2Errors.InvalidValue("attribute", input.Attribute, "Unknown attribute."),
        };
        call.AnswerDryRun();
        return ValueTask.FromResult(answer);
    }

    private async ValueTask<ModifyImageAttributeResult> ModifyAsync(ModifyImageAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        var change = ChangeOf(input, out var isForAll);
        await WriteAsync(input.ImageId, call, change, cancellationToken, isForAll);
        return new ModifyImageAttributeResult();
    }

    private async ValueTask<ResetImageAttributeResult> ResetAsync(ResetImageAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        var attribute = input.Attribute ?? throw Ec2Errors.MissingParameter("attribute");
        if (attribute != ResetImageAttributeName.LaunchPermission)
        {
            throw Ec2Errors.InvalidValue("attribute", attribute, "Only launchPermission can be reset.");
        }

        await WriteAsync(input.ImageId, call, image => image with { IsPublic = false, SharedWith = [] }, cancellationToken);
        return new ResetImageAttributeResult();
    }

    private Task WriteAsync(string? imageId, Call call, Func<Image, Image> change, CancellationToken cancellationToken, bool isForAll = false) => cloud.ChangeImageAsync(
        catalog,
        imageId,
        call,
        (transaction, image) =>
        {
            var next = change(image);
            if (isForAll || next.SharedWith.Except(image.SharedWith).Count > 0)
            {
                foreach (var snapshot in image.Mappings.Select(disk => disk.SnapshotId).OfType<string>().Select(id => transaction.Find(Snapshot.Table, image.AccountId, id)).OfType<Snapshot>())
                {
                    SharingRules.Check(transaction, $"The snapshot '{snapshot.Id}' of the image '{image.Id}'", snapshot, isForAll);
                }
            }

            if (isForAll)
            {
                PublicAccessBlock.Of(transaction, call.AccountId).DemandImages();
            }

            call.AnswerDryRun();
            transaction.Put(Image.Table, next);
            return next;
        },
        cancellationToken);

    /// <summary>What a request changes: one attribute, in the one form or the older one; and whether that gives the image to everybody.</summary>
    private static Func<Image, Image> ChangeOf(ModifyImageAttributeRequest input, out bool isForAll)
    {
        isForAll = false;
        if (input.OrganizationArns is { Count: > 0 } || input.OrganizationalUnitArns is { Count: > 0 })
        {
            throw Ec2Errors.Unsupported("This cloud has no organizations.");
        }

        if (input.ProductCodes is { Count: > 0 })
        {
            throw Ec2Errors.Unsupported("Product codes are not available in this cloud.");
        }

        var description = input.Description?.Value ?? (input.Attribute == ImageAttributeName.Description ? input.Value ?? throw Ec2Errors.MissingParameter("value") : null);
        if (description is not null)
        {
            return image => image with { Description = description };
        }

        if (input.ImdsSupport is { } imds || input.Attribute == ImageAttributeName.ImdsSupport)
        {
            var value = input.ImdsSupport?.Value ?? input.Value;
            return value == ImageDescriptions.ImdsSupport ? image => image : throw Ec2Errors.InvalidValue("imdsSupport", value, "The only value is v2.0.");
        }

        if (input.Attribute is not (null or ImageAttributeName.LaunchPermission))
        {
            throw Ec2Errors.InvalidValue("attribute", input.Attribute, "Valid values: description, imdsSupport, launchPermission.");
        }

        if ((input.LaunchPermission?.Add ?? []).Concat(input.LaunchPermission?.Remove ?? []).Any(permission => permission.OrganizationArn is not null || permission.OrganizationalUnitArn is not null))
        {
            throw Ec2Errors.Unsupported("This cloud has no organizations.");
        }

        var change = ShareChange.Parse(
            input.LaunchPermission?.Add?.Select(TargetOf),
            input.LaunchPermission?.Remove?.Select(TargetOf),
            input.UserIds,
            input.UserGroups,
            input.OperationType,
            "Description, ImdsSupport, LaunchPermission, UserIds or UserGroups",
            ImageErrors.InvalidItem);
        isForAll = change.IsForAll;
        return image =>
        {
            var (isPublic, sharedWith) = change.Apply(image.IsPublic, image.SharedWith);
            return image.State == ImageState.Disabled ? throw ImageErrors.NotAvailable(image.Id) : image with { IsPublic = isPublic, SharedWith = sharedWith };
        };
    }

    private static ShareTarget TargetOf(LaunchPermission permission) => new(permission.UserId, permission.Group);

    private static IEnumerable<LaunchPermission> PermissionsOf(Image image) => ShareChange.Describe(image.IsPublic, image.SharedWith)
        .Select(target => new LaunchPermission { UserId = target.UserId, Group = target.Group });
}
