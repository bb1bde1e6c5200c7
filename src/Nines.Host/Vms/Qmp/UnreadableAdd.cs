using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>blockdev-add</c> of a disk over another whose reads all fail.</summary>
/// <param name="NodeName">What it will be called.</param>
/// <param name="Image">The node that it is over.</param>
internal sealed record UnreadableAdd(string NodeName, string Image) : IQmpCommand<QmpNothing>
{
    public static string Name => BlockdevAdd.Name;

    public string Driver { get; } = "blkdebug";

    /// <summary>What fails.</summary>
    public ImmutableArray<Failure> InjectError { get; } = [new Failure()];

    /// <summary>Every read, with EIO, for ever.</summary>
    internal sealed record Failure
    {
        public string Event { get; } = "none";

        [JsonPropertyName("iotype")]
        public string IoType { get; } = "read";

        [JsonPropertyName("errno")]
        public int Error { get; } = 5;

        [JsonPropertyName("once")]
        [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
        public bool Once { get; }
    }
}
