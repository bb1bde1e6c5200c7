using System.Text.Json.Serialization;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.FastLaunches;

/// <summary>
/// What an account said about launching an image from kept memory: to keep it ahead, or never to use it. Without a record
/// memory is kept when the first server of an image and type was launched.
/// </summary>
internal sealed record FastLaunch : IResource
{
    public static readonly TableDefinition<FastLaunch> Table = new("fast-launches", Ec2JsonContext.Default.FastLaunch);

    /// <summary>By the image, whatever the account.</summary>
    public static readonly IndexDefinition<FastLaunch> ByImage = Table.Index("image", fastLaunch => fastLaunch.Id);

    /// <summary>The smallest and the default MaxParallelLaunches (EC2 API Reference: EnableFastLaunch).</summary>
    public const int MinimumParallelLaunches = 6;

    /// <summary>The default TargetResourceCount.</summary>
    public const int DefaultTargetResourceCount = 5;

    /// <summary>What AWS gives as the reason of what a user asked for.</summary>
    public const string UserInitiated = "Client.UserInitiated";

    public required string AccountId { get; init; }

    /// <summary>The image, <c>ami-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Recorded and told; one kept memory serves any number of launches.</summary>
    public int TargetResourceCount { get; init; } = DefaultTargetResourceCount;

    /// <summary>Recorded and told; a host keeps one guest at a time.</summary>
    public int MaxParallelLaunches { get; init; } = MinimumParallelLaunches;

    public required FastLaunchState State { get; init; }

    /// <summary>When it entered its state.</summary>
    public required DateTimeOffset StateSince { get; init; }

    /// <summary>Why it entered its state.</summary>
    public string StateReason { get; init; } = UserInitiated;

    /// <summary>Whether EC2 tells of it.</summary>
    [JsonIgnore]
    public bool IsVisible => State != FastLaunchState.Disabled;
}
