using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Credits;

/// <summary>
/// The CPU credits of a burstable instance as they were at one moment, together with the processor time that was counted until then: whatever happens meanwhile to
/// the cloud, the next look settles all that was earned and spent since. A credit is one virtual processor for one minute.
/// </summary>
internal sealed record CpuCredit : IResource
{
    /// <summary>One for each burstable instance that was settled once; before that its launch says it all.</summary>
    public static readonly TableDefinition<CpuCredit> Table = new("cpu-credits", InstanceJsonContext.Default.CpuCredit);

    /// <inheritdoc/>
    [JsonConverter(typeof(InternedStringConverter))]
    public required string AccountId { get; init; }

    /// <summary>The instance.</summary>
    public required string Id { get; init; }

    /// <summary>The boot that the processor time is of.</summary>
    public required long BootGeneration { get; init; }

    /// <summary>Processor time of that boot that is settled.</summary>
    public double ProcessorSeconds { get; init; }

    /// <summary>Until when it is settled.</summary>
    public required DateTimeOffset SettledAt { get; init; }

    /// <summary>Credits that were earned and not spent.</summary>
    public double Balance { get; init; }

    /// <summary>What is left of the credits that a T2 instance gets with its launch; they are spent first and count toward no limit.</summary>
    public double Launch { get; init; }

    /// <summary>Credits that an unlimited instance has spent and not earned yet.</summary>
    public double Surplus { get; init; }

    /// <summary>Surplus that was never earned: what AWS would charge.</summary>
    public double Charged { get; init; }
}
