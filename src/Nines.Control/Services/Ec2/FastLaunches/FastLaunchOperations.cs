using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.LaunchTemplates;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Wire;
using Image = Nines.Control.Services.Ec2.Images.Image;

namespace Nines.Control.Services.Ec2.FastLaunches;

/// <summary>What a client may ask of fast launches. What AWS has for Windows images alone holds here for every image with a gate.</summary>
internal sealed class FastLaunchOperations(Cloud cloud, ImageCatalog images) : IOperations
{
    private static readonly PageLimits Pages = new(0, 200);

    private static readonly FilterSet<FastLaunchView> Filters = new FilterSet<FastLaunchView>()
        .Add("resource-type", _ => FastLaunchResourceType.Snapshot)
        .Add("owner-id", view => view.Image.AccountId)
        .Add("state", view => view.Setting.State.Name());

    /// <inheritdoc/>
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.EnableFastLaunch, EnableAsync, answersDryRun: true);
        table.On(Ec2Api.DisableFastLaunch, DisableAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeFastLaunchImages, DescribeAsync, answersDryRun: true);
    }

    private async ValueTask<EnableFastLaunchResult> EnableAsync(EnableFastLaunchRequest input, Call call, CancellationToken cancellationToken)
    {
        var image = Find(input.ImageId, call);
        CheckParameters(input);
        CheckTemplate(input.LaunchTemplate, call);
        if (FastLaunchPlan.TypeFor(image) is null)
        {
            throw new AwsException("UnsupportedOperation", $"The image '{image.Id}' does not support fast launch: its guest does not wait at the gate.");
        }

        if (image.State != Images.ImageState.Available)
        {
            throw ImageErrors.NotAvailable(image.Id);
        }

        call.AnswerDryRun();
        var view = new FastLaunchView(
            await PutAsync(
                call,
                image,
                setting => setting with
                {
                    State = FastLaunchState.Enabling,
                    TargetResourceCount = input.SnapshotConfiguration?.TargetResourceCount ?? FastLaunch.DefaultTargetResourceCount,
                    MaxParallelLaunches = input.MaxParallelLaunches ?? FastLaunch.MinimumParallelLaunches,
                },
                cancellationToken),
            image);
        return new EnableFastLaunchResult
        {
            ImageId = image.Id,
            ResourceType = FastLaunchResourceType.Snapshot,
            SnapshotConfiguration = view.Snapshots,
            MaxParallelLaunches = view.Setting.MaxParallelLaunches,
            OwnerId = view.OwnerId,
            State = view.Setting.State.Name(),
            StateTransitionReason = view.Setting.StateReason,
            StateTransitionTime = view.Setting.StateSince,
        };
    }

    private async ValueTask<DisableFastLaunchResult> DisableAsync(DisableFastLaunchRequest input, Call call, CancellationToken cancellationToken)
    {
        var image = Find(input.ImageId, call);
        call.AnswerDryRun();
        var view = new FastLaunchView(
            await PutAsync(call, image, setting => setting with { State = FastLaunchState.Disabling }, cancellationToken), image);
        return new DisableFastLaunchResult
        {
            ImageId = image.Id,
            ResourceType = FastLaunchResourceType.Snapshot,
            SnapshotConfiguration = view.Snapshots,
            MaxParallelLaunches = view.Setting.MaxParallelLaunches,
            OwnerId = view.OwnerId,
            State = view.Setting.State.Name(),
            StateTransitionReason = view.Setting.StateReason,
            StateTransitionTime = view.Setting.StateSince,
        };
    }

    private ValueTask<DescribeFastLaunchImagesResult> DescribeAsync(DescribeFastLaunchImagesRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var ids = ResourceId.ParseAll<ImageId>(input.ImageIds ?? []).Select(id => id.Value).ToHashSet(StringComparer.Ordinal);
        var scope = new PageScope("DescribeFastLaunchImages", call.AccountId, input.Filters, [.. ids.Order(StringComparer.Ordinal)]);

        // AWS takes 0, which says nothing about the page.
        var page = PageRequest.Parse(Pages, input.MaxResults is 0 ? null : input.MaxResults, input.NextToken, scope);
        string[] unknown = [.. ids.Where(id => images.Find(call.AccountId, id) is null).Order(StringComparer.Ordinal)];
        if (unknown.Length > 0)
        {
            throw Ec2Errors.NotFound(ResourceKind.Image, unknown);
        }

        call.AnswerDryRun();
        var views = cloud.List(FastLaunch.Table, call.AccountId, page.AfterKey)
            .Where(setting => setting.IsVisible && (ids.Count == 0 || ids.Contains(setting.Id)))
            .Select(setting => images.Find(call.AccountId, setting.Id) is { } image ? new FastLaunchView(setting, image) : null)
            .OfType<FastLaunchView>()
            .Where(matches);
        var (items, next) = page.Take(views, view => view.Setting.Id);
        return new(new DescribeFastLaunchImagesResult { FastLaunchImages = [.. items.Select(view => view.Describe())], NextToken = next });
    }

    private Image Find(string? imageId, Call call)
    {
        var id = ResourceId.Parse<ImageId>(string.IsNullOrEmpty(imageId) ? throw Ec2Errors.MissingParameter("ImageId") : imageId).Value;
        return images.Find(call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.Image, id);
    }

    private Task<FastLaunch> PutAsync(Call call, Image image, Func<FastLaunch, FastLaunch> change, CancellationToken cancellationToken) => cloud.WriteAsync(
        call,
        transaction =>
        {
            var setting = transaction.Find(FastLaunch.Table, call.AccountId, image.Id)
                ?? new FastLaunch { AccountId = call.AccountId, Id = image.Id, State = FastLaunchState.Enabling, StateSince = call.Now };
            var next = change(setting) with { StateSince = call.Now, StateReason = FastLaunch.UserInitiated };
            transaction.Put(FastLaunch.Table, next);
            return next;
        },
        cancellationToken);

    private static void CheckParameters(EnableFastLaunchRequest input)
    {
        if (input.ResourceType is not (null or "" or FastLaunchResourceType.Snapshot))
        {
            throw Ec2Errors.InvalidValue("resourceType", input.ResourceType, "The only supported value is snapshot.");
        }

        if (input.MaxParallelLaunches < FastLaunch.MinimumParallelLaunches)
        {
            throw Ec2Errors.InvalidValue(
                "maxParallelLaunches", $"{input.MaxParallelLaunches}", $"Expected a value greater than or equal to {FastLaunch.MinimumParallelLaunches}.");
        }

        if (input.SnapshotConfiguration?.TargetResourceCount < 1)
        {
            throw Ec2Errors.InvalidValue(
                "targetResourceCount", $"{input.SnapshotConfiguration.TargetResourceCount}", "Expected a value greater than or equal to 1.");
        }
    }

    private void CheckTemplate(FastLaunchLaunchTemplateSpecificationRequest? template, Call call)
    {
        if (template is null)
        {
            return;
        }

        if (string.IsNullOrEmpty(template.Version))
        {
            throw Ec2Errors.MissingParameter("Version");
        }

        _ = LaunchTemplateLookup.RequireVersion(
            cloud, call.AccountId, new() { LaunchTemplateId = template.LaunchTemplateId, LaunchTemplateName = template.LaunchTemplateName, Version = template.Version });
        throw Ec2Errors.Unsupported("Memory is kept of the image as it is, whatever a launch template says; leave out the parameter LaunchTemplate.");
    }
}
