using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>Putting images away, calling them superseded, and protecting them.</summary>
internal sealed class ImageAvailability(Cloud cloud, ImageCatalog catalog) : IOperations
{
    /// <summary>How long an image stays protected after its protection was taken away, if it was to cool down.</summary>
    private static readonly TimeSpan Cooldown = TimeSpan.FromHours(24);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.EnableImage, EnableAsync, answersDryRun: true);
        table.On(Ec2Api.DisableImage, DisableAsync, answersDryRun: true);
        table.On(Ec2Api.EnableImageDeprecation, DeprecateAsync, answersDryRun: true);
        table.On(Ec2Api.DisableImageDeprecation, UndeprecateAsync, answersDryRun: true);
        table.On(Ec2Api.EnableImageDeregistrationProtection, ProtectAsync, answersDryRun: true);
        table.On(Ec2Api.DisableImageDeregistrationProtection, UnprotectAsync, answersDryRun: true);
    }

    private async ValueTask<EnableImageResult> EnableAsync(EnableImageRequest input, Call call, CancellationToken cancellationToken)
    {
        await PutAsync(
            input.ImageId,
            call,
            image => image.State switch
            {
                ImageState.Available => image,
                ImageState.Disabled => image with { State = ImageState.Available },
                _ => throw ImageErrors.NotAvailable(image.Id),
            },
            cancellationToken);
        return new EnableImageResult { Return = true };
    }

    /// <summary>Whom it was shared with is forgotten (EC2 User Guide: Disable an AMI).</summary>
    private async ValueTask<DisableImageResult> DisableAsync(DisableImageRequest input, Call call, CancellationToken cancellationToken)
    {
        await PutAsync(
            input.ImageId,
            call,
            image => image.State is ImageState.Available or ImageState.Disabled
                ? image with { State = ImageState.Disabled, IsPublic = false, SharedWith = [] }
                : throw ImageErrors.NotAvailable(image.Id),
            cancellationToken);
        return new DisableImageResult { Return = true };
    }

    private async ValueTask<EnableImageDeprecationResult> DeprecateAsync(EnableImageDeprecationRequest input, Call call, CancellationToken cancellationToken)
    {
        // To the nearest minute, and at most ten years ahead (EC2 API Reference: EnableImageDeprecation).
        var asked = input.DeprecateAt ?? throw Ec2Errors.MissingParameter("DeprecateAt");
        var at = new DateTimeOffset((asked.UtcTicks + (TimeSpan.TicksPerMinute / 2)) / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
        if (asked <= call.Now || at > call.Now.AddYears(10))
        {
            throw Ec2Errors.InvalidValue("deprecateAt", ImageDescriptions.Time(asked), "The date must lie in the future, and at most 10 years from now.");
        }

        await PutAsync(input.ImageId, call, image => image with { DeprecationTime = at }, cancellationToken);
        return new EnableImageDeprecationResult { Return = true };
    }

    private async ValueTask<DisableImageDeprecationResult> UndeprecateAsync(DisableImageDeprecationRequest input, Call call, CancellationToken cancellationToken)
    {
        await PutAsync(input.ImageId, call, image => image with { DeprecationTime = null }, cancellationToken);
        return new DisableImageDeprecationResult { Return = true };
    }

    private async ValueTask<EnableImageDeregistrationProtectionResult> ProtectAsync(EnableImageDeregistrationProtectionRequest input, Call call, CancellationToken cancellationToken)
    {
        var protection = input.WithCooldown == true ? DeregistrationProtection.EnabledWithCooldown : DeregistrationProtection.Enabled;
        await PutAsync(input.ImageId, call, image => image with { Protection = protection, ProtectedUntil = null }, cancellationToken);
        return new EnableImageDeregistrationProtectionResult { Return = ImageDescriptions.Name(protection) };
    }

    private async ValueTask<DisableImageDeregistrationProtectionResult> UnprotectAsync(DisableImageDeregistrationProtectionRequest input, Call call, CancellationToken cancellationToken)
    {
        await PutAsync(
            input.ImageId,
            call,
            image => image with
            {
                Protection = DeregistrationProtection.Disabled,
                ProtectedUntil = image.Protection == DeregistrationProtection.EnabledWithCooldown ? call.Now + Cooldown : image.ProtectedUntil,
            },
            cancellationToken);
        return new DisableImageDeregistrationProtectionResult { Return = ImageDescriptions.Name(DeregistrationProtection.Disabled) };
    }

    private Task PutAsync(string? imageId, Call call, Func<Image, Image> change, CancellationToken cancellationToken) => cloud.ChangeImageAsync(
        catalog,
        imageId,
        call,
        (transaction, image) =>
        {
            var next = change(image);
            call.AnswerDryRun();
            transaction.Put(Image.Table, next);
            return next;
        },
        cancellationToken);
}
