using System.Collections.Frozen;
using System.Globalization;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>What EBS allows of each volume type. Source: "Amazon EBS volume types" of the EBS user guide and CreateVolume.</summary>
internal sealed record VolumeRules(int MinimumGiB, int MaximumGiB)
{
    /// <summary>The type of a volume whose request names none.</summary>
    public const string DefaultType = "gp2";

    /// <summary>Every type.</summary>
    public static readonly FrozenDictionary<string, VolumeRules> ByType = new Dictionary<string, VolumeRules>
    {
        ["gp2"] = new(1, 16384),
        ["gp3"] = new(1, 16384) { Iops = (3000, 16000), DefaultIops = 3000, IopsPerGiB = 500, Throughput = (125, 1000) },
        ["io1"] = new(4, 16384) { Iops = (100, 64000), IopsPerGiB = 50 },
        ["io2"] = new(4, 65536) { Iops = (100, 256000), IopsPerGiB = 1000 },
        ["st1"] = new(125, 16384),
        ["sc1"] = new(125, 16384),
        ["standard"] = new(1, 1024),
    }.ToFrozenDictionary();

    /// <summary>The operations per second that can be asked for; <see langword="null"/> where none can.</summary>
    public (int Minimum, int Maximum)? Iops { get; init; }

    /// <summary>What a request without a figure gets; <see langword="null"/> where it must name one.</summary>
    public int? DefaultIops { get; init; }

    /// <summary>The most operations per second that each GiB of size allows.</summary>
    public int IopsPerGiB { get; init; }

    /// <summary>The throughput in MiB/s that can be asked for; <see langword="null"/> where none can.</summary>
    public (int Minimum, int Maximum)? Throughput { get; init; }

    /// <summary>Checks a request and fills in the defaults.</summary>
    /// <exception cref="Nines.Wire.AwsException">What EBS answers.</exception>
    public static VolumeShape Check(string? volumeType, int sizeGiB, int? iops, int? throughput)
    {
        var type = volumeType ?? DefaultType;
        if (!ByType.TryGetValue(type, out var rules))
        {
            throw Ec2Errors.InvalidParameterValue($"Unknown volume type '{type}'. Valid values: {string.Join(", ", ByType.Keys.Order(StringComparer.Ordinal))}.");
        }

        if (sizeGiB < rules.MinimumGiB || sizeGiB > rules.MaximumGiB)
        {
            throw Ec2Errors.InvalidParameterValue($"Volume of {sizeGiB}GiB is invalid; must be between {rules.MinimumGiB}GiB and {rules.MaximumGiB}GiB for volume type {type}.");
        }

        return new VolumeShape(type, sizeGiB, rules.CheckIops(type, sizeGiB, iops), rules.CheckThroughput(type, throughput));
    }

    /// <summary>
    /// Reads and writes that a volume may make in a second: what its type promises, for gp2 with the burst that a volume below 1,000 GiB
    /// has credits for ("Amazon EBS volume types"); 0 where the type promises none.
    /// </summary>
    public static int IopsLimit(VolumeShape shape) => shape.VolumeType == "gp2" ? Math.Max(3000, shape.Iops ?? 0) : shape.Iops ?? 0;

    /// <summary>Bytes that a volume may read and write in a second ("Amazon EBS volume types": throughput, with the burst where there is one).</summary>
    public static long BytesPerSecondLimit(VolumeShape shape) => 1048576L * shape.VolumeType switch
    {
        "gp2" => shape.SizeGiB <= 170 ? 128 : 250,
        "gp3" => shape.ThroughputMiBps ?? 125,
        "st1" => Math.Clamp(250L * shape.SizeGiB / 1024, 1, 500),
        "sc1" => Math.Clamp(80L * shape.SizeGiB / 1024, 1, 250),
        "standard" => 90,
        _ => 1000,
    };

    /// <summary>The tag by which a user asks for an asynchronous copy.</summary>
    public const string ReplicationTag = "nines:replication";

    /// <summary>The one value of that tag that means something; tags are free text, so that every other is none at all.</summary>
    public const string AsynchronousValue = "asynchronous";

    /// <summary>
    /// Whether a volume has two copies: io2 is what EBS promises to be a hundred times as durable as the others ("Amazon EBS volume types": 99.999 %), so every write to it
    /// is on both. Of other types there is one that follows, where the user asks for it by a tag: EBS has nothing of the kind.
    /// </summary>
    public static VolumeReplication ReplicationOf(string volumeType, IReadOnlyDictionary<string, string> tags) =>
        volumeType == "io2" ? VolumeReplication.Synchronous
        : tags.TryGetValue(ReplicationTag, out var asked) && asked == AsynchronousValue ? VolumeReplication.Asynchronous
        : VolumeReplication.None;

    private int? CheckIops(string type, int sizeGiB, int? iops)
    {
        if (Iops is not { } range)
        {
            return iops is null
                ? type == "gp2" ? Math.Clamp(sizeGiB * 3, 100, 16000) : null
                : throw Ec2Errors.InvalidParameterCombination($"The parameter iops is not supported for {type} volumes.");
        }

        var asked = iops ?? DefaultIops ?? throw new Nines.Wire.AwsException("MissingParameter", $"The parameter iops must be specified for {type} volumes.");
        if (asked < range.Minimum || asked > range.Maximum)
        {
            throw Ec2Errors.InvalidParameterValue($"Volume iops of {asked} is {(asked < range.Minimum ? "too low" : "too high")}; must be between {range.Minimum} and {range.Maximum} for volume type {type}.");
        }

        if (iops is not null && asked > range.Minimum && asked > sizeGiB * IopsPerGiB)
        {
            var ratio = ((double)asked / sizeGiB).ToString("F6", CultureInfo.InvariantCulture);
            throw Ec2Errors.InvalidParameterValue($"Iops to volume size ratio of {ratio} is too high; maximum is {IopsPerGiB}");
        }

        return asked;
    }

    private int? CheckThroughput(string type, int? throughput)
    {
        if (Throughput is not { } range)
        {
            return throughput is null ? null : throw Ec2Errors.InvalidParameterCombination($"The parameter throughput is not supported for {type} volumes.");
        }

        var asked = throughput ?? range.Minimum;
        return asked >= range.Minimum && asked <= range.Maximum
            ? asked
            : throw Ec2Errors.InvalidParameterValue($"Throughput of {asked} MiB/s is invalid; must be between {range.Minimum} and {range.Maximum} for volume type {type}.");
    }
}
