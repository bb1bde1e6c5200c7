using System.Security.Cryptography;
using System.Text.Json;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Checks every parameter of a RunInstances request for itself: pure.</summary>
internal static class LaunchRequests
{
    /// <summary>The type of a launch that names none. AWS's is the long superseded m1.small; this is the nearest of today's.</summary>
    public const string DefaultInstanceType = "t2.small";

    /// <summary>The most instances of one request; more need several.</summary>
    public const int MaximumCount = 1000;

    /// <exception cref="Nines.Wire.AwsException">What EC2 answers.</exception>
    public static LaunchRequest Parse(RunInstancesRequest input, string accountId)
    {
        var (minimum, maximum) = ParseCounts(input);
        LaunchRefusals.Check(input);
        if (string.IsNullOrEmpty(input.ImageId))
        {
            throw Ec2Errors.MissingParameter("ImageId");
        }

        return new LaunchRequest
        {
            MinCount = minimum,
            MaxCount = maximum,
            ImageId = ResourceId.Parse<ImageId>(input.ImageId).Value,
            InstanceType = input.InstanceType ?? DefaultInstanceType,
            KeyName = input.KeyName,
            Zone = input.Placement?.AvailabilityZone,
            GroupName = input.Placement?.GroupName is { Length: > 0 } group ? group : null,
            GroupId = input.Placement?.GroupId is { Length: > 0 } groupId ? groupId : null,
            PartitionNumber = input.Placement?.PartitionNumber,
            IsOnDedicatedHost = DedicatedHostRules.IsOnHost(input.Placement),
            DedicatedHostId = input.Placement?.HostId is { } host ? ResourceId.Parse<DedicatedHostId>(host).Value : null,
            HostAffinity = DedicatedHostRules.ParseAffinity(input.Placement?.Affinity),
            Capacity = CapacityChoice.Parse(input.CapacityReservationSpecification),
            Interfaces = LaunchInterfaces.Parse(input),
            BlockDeviceMappings = input.BlockDeviceMappings,
            UserData = UserDataRules.Decode(input.UserData),
            MetadataOptions = input.MetadataOptions is { } options
                ? MetadataOptionsRules.Merge(
                    MetadataOptions.Default, options.HttpTokens, options.HttpPutResponseHopLimit, options.HttpEndpoint, options.HttpProtocolIpv6, options.InstanceMetadataTags)
                : MetadataOptions.Default,
            NameOptions = PrivateNameOptions.Default.With(
                input.PrivateDnsNameOptions?.HostnameType, input.PrivateDnsNameOptions?.EnableResourceNameDnsARecord, input.PrivateDnsNameOptions?.EnableResourceNameDnsAAAARecord),
            ShutdownBehavior = ParseShutdownBehavior(input.InstanceInitiatedShutdownBehavior) ?? ShutdownBehavior.Stop,
            DisableApiTermination = input.DisableApiTermination ?? false,
            DisableApiStop = input.DisableApiStop ?? false,
            HibernationConfigured = input.HibernationOptions?.Configured ?? false,
            EbsOptimized = input.EbsOptimized ?? false,
            AutoRecoveryDisabled = InstanceMonitor.ParseAutoRecovery(input.MaintenanceOptions?.AutoRecovery),
            MonitoringEnabled = input.Monitoring?.Enabled ?? false,
            InstanceProfileArn = ParseProfile(input.IamInstanceProfile, accountId),
            CpuCredits = ParseCredits(input.CreditSpecification),
            VCpus = input.CpuOptions is { CoreCount: { } cores } cpu ? cores * (cpu.ThreadsPerCore ?? 1) : null,
            Tags = TagRules.Parse(input.TagSpecifications, "instance", "volume", "network-interface", "spot-instances-request"),
            ClientToken = ClientTokens.ClientToken.Parse(input.ClientToken),
            Fingerprint = FingerprintOf(input),
        };
    }

    /// <summary>Reads a shutdown behaviour.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static ShutdownBehavior? ParseShutdownBehavior(string? value) => value switch
    {
        null => null,
        "stop" => ShutdownBehavior.Stop,
        "terminate" => ShutdownBehavior.Terminate,
        _ => throw Ec2Errors.InvalidValue("instanceInitiatedShutdownBehavior", value, "Valid values are stop and terminate."),
    };

    private static (int Minimum, int Maximum) ParseCounts(RunInstancesRequest input)
    {
        var minimum = input.MinCount ?? throw Ec2Errors.MissingParameter("MinCount");
        var maximum = input.MaxCount ?? throw Ec2Errors.MissingParameter("MaxCount");
        if (minimum < 1)
        {
            throw Ec2Errors.InvalidValue("minCount", $"{minimum}", "Expected a value greater than or equal to 1.");
        }

        if (maximum < minimum)
        {
            throw Ec2Errors.InvalidParameterCombination($"The parameter maxCount ({maximum}) must not be less than the parameter minCount ({minimum})");
        }

        if (maximum > MaximumCount)
        {
            throw new Nines.Wire.AwsException(
                "InstanceLimitExceeded", $"You have requested more instances ({maximum}) than one request may launch ({MaximumCount}).");
        }

        return (minimum, maximum);
    }

    /// <summary>The ARN of the profile that a request names; <see langword="null"/>: it names none.</summary>
    /// <exception cref="Nines.Wire.AwsException">What EC2 answers.</exception>
    public static string? ParseProfile(IamInstanceProfileSpecification? profile, string accountId) => profile switch
    {
        null or { Arn: null, Name: null } => null,
        { Arn: not null, Name: not null } =>
            throw Ec2Errors.InvalidParameterCombination("The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'"),
        { Arn: { } arn } => arn.StartsWith("arn:aws:iam::", StringComparison.Ordinal) && arn.Contains(":instance-profile/", StringComparison.Ordinal)
            ? arn
            : throw Ec2Errors.InvalidValue("iamInstanceProfile.arn", arn, "Invalid IAM Instance Profile ARN"),
        { Name: { } name } => name is { Length: > 0 and <= 128 } && name.All(letter => char.IsAsciiLetterOrDigit(letter) || "+=,.@_-".Contains(letter, StringComparison.Ordinal))
            ? $"arn:aws:iam::{accountId}:instance-profile/{name}"
            : throw Ec2Errors.InvalidValue("iamInstanceProfile.name", name, "Invalid IAM Instance Profile name"),
    };

    private static string? ParseCredits(CreditSpecificationRequest? specification) => specification?.CpuCredits is { } option ? CreditOptions.Parse(option) : null;

    /// <summary>A digest of everything but the token; <see langword="null"/> without one.</summary>
    public static string? FingerprintOf(RunInstancesRequest input) => string.IsNullOrEmpty(input.ClientToken)
        ? null
        : Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(input with { ClientToken = null, DryRun = null })));
}
