using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.InstanceTypes;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.FastLaunches;

/// <summary>What hosts keep memory of, and what their reports make of an account's setting: pure.</summary>
internal static class FastLaunchPlan
{
    /// <summary>The type that memory is kept ahead for, which is the one that <c>nines run</c> launches by itself.</summary>
    public const string KeptType = "t3.micro";

    /// <summary>Whose kept memory a launch may start from; <see langword="null"/>: it boots.</summary>
    /// <param name="image">The image.</param>
    /// <param name="setting">What the account said about it, or <see langword="null"/>.</param>
    /// <param name="accountId">Who launches it.</param>
    public static string? OwnerOf(Image image, FastLaunch? setting, string accountId) => image.HasGate && setting?.State.IsOff() != true ? image.KeptFor(accountId) : null;

    /// <summary>The type that an image is kept ahead for: one that it comes up on; <see langword="null"/> when there is none.</summary>
    public static InstanceType? TypeFor(Image image)
    {
        var usual = InstanceTypeCatalog.Require(KeptType);
        return !image.HasGate ? null : usual.MemoryMiB >= image.MinimumMemoryMiB ? usual : InstanceTypeCatalog.All
            .Where(type => type.Name.StartsWith("t3.", StringComparison.Ordinal) && type.MemoryMiB >= image.MinimumMemoryMiB)
            .MinBy(type => type.MemoryMiB);
    }

    /// <summary>What every host keeps ahead: public images, as anybody may launch them next, and what accounts have enabled.</summary>
    public static ImmutableArray<FastLaunchSpec> Wanted(IEnumerable<Image> images, IEnumerable<FastLaunch> settings)
    {
        var all = images.Where(image => image.State == ImageState.Available).ToLookup(image => image.Id, StringComparer.Ordinal);
        var enabled = settings.Where(setting => !setting.State.IsOff()).SelectMany(setting => all[setting.Id].Where(image => image.IsVisibleTo(setting.AccountId)).Select(image => (Image: image, setting.AccountId)));
        return
        [
            .. enabled.Select(wanted => (wanted.Image, wanted.AccountId, IsEnabled: true))
                .Concat(all.SelectMany(same => same).Where(image => image is { IsPublic: true, GateSnapshotId: null }).Select(image => (Image: image, image.AccountId, IsEnabled: false)))
                .OrderBy(wanted => wanted.Image.Id, StringComparer.Ordinal).ThenBy(wanted => wanted.AccountId, StringComparer.Ordinal)
                .Select(wanted => Spec(wanted.Image, wanted.AccountId, wanted.IsEnabled)).OfType<FastLaunchSpec>()
                .GroupBy(spec => spec with { IsEnabled = false }).Select(same => same.FirstOrDefault(spec => spec.IsEnabled) ?? same.Key),
        ];
    }

    /// <summary>The statuses of a host after a report, in an order that does not depend on the report's.</summary>
    public static ImmutableArray<FastLaunchStatus> Merge(ImmutableArray<FastLaunchStatus> known, ImmutableArray<FastLaunchStatus> reported) =>
    [
        .. known.Concat(reported).GroupBy(status => (status.ImageDigest, status.Owner, status.InstanceType, status.SnapshotId)).Select(same => same.Last())
            .OrderBy(status => (status.ImageDigest, status.Owner, status.InstanceType, status.SnapshotId)),
    ];

    /// <summary>The setting after what all hosts have observed; the same object when nothing changed, <see langword="null"/> when its image is gone.</summary>
    public static FastLaunch? Observe(FastLaunch setting, Image? image, IEnumerable<FastLaunchStatus> observed, DateTimeOffset now)
    {
        if (image is null)
        {
            return null;
        }

        if (setting.State.IsOff())
        {
            // Hosts are told by the same record; nothing has to be waited for.
            return setting.State == FastLaunchState.Disabling ? setting with { State = FastLaunchState.Disabled, StateSince = now } : setting;
        }

        var spec = Spec(image, setting.AccountId, isEnabled: true);
        var mine = observed.Where(status => spec is not null && status.IsOf(spec)).ToArray();
        if (mine.Any(status => status.Readiness == FastLaunchReadiness.Ready))
        {
            return Enter(setting, FastLaunchState.Enabled, FastLaunch.UserInitiated, now);
        }

        if (mine.FirstOrDefault(status => status.Readiness == FastLaunchReadiness.Failed) is not { } failed)
        {
            return setting;
        }

        var wasEnabled = setting.State is FastLaunchState.Enabled or FastLaunchState.EnabledFailed;
        return Enter(setting, wasEnabled ? FastLaunchState.EnabledFailed : FastLaunchState.EnablingFailed, $"Server.InternalError: {failed.Message}", now);
    }

    private static FastLaunch Enter(FastLaunch setting, FastLaunchState state, string reason, DateTimeOffset now) =>
        setting.State == state && setting.StateReason == reason ? setting : setting with { State = state, StateReason = reason, StateSince = now };

    private static FastLaunchSpec? Spec(Image image, string accountId, bool isEnabled) =>
        TypeFor(image) is { } type ? new FastLaunchSpec(image.Digest, image.KeptFor(accountId), type.Name, type.VCpus, type.MemoryMiB, image.GateSnapshotId, isEnabled) : null;
}
