namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Reads metadata options, of a launch or of a change: pure.</summary>
internal static class MetadataOptionsRules
{
    /// <summary>The options after a request; what it leaves out stays.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static MetadataOptions Merge(MetadataOptions present, string? tokens, int? hopLimit, string? endpoint, string? ipv6, string? tags) => present with
    {
        TokensRequired = Choice("HttpTokens", tokens, "optional", "required") ?? present.TokensRequired,
        HopLimit = hopLimit is null or (>= 1 and <= 64)
            ? hopLimit ?? present.HopLimit
            : throw Ec2Errors.InvalidValue("HttpPutResponseHopLimit", $"{hopLimit}", "Expecting a value between 1 and 64."),
        EndpointEnabled = Choice("HttpEndpoint", endpoint, "disabled", "enabled") ?? present.EndpointEnabled,
        Ipv6Enabled = Choice("HttpProtocolIpv6", ipv6, "disabled", "enabled") ?? present.Ipv6Enabled,
        TagsEnabled = Choice("InstanceMetadataTags", tags, "disabled", "enabled") ?? present.TagsEnabled,
    };

    private static bool? Choice(string parameter, string? value, string no, string yes) => value switch
    {
        null => null,
        _ when value == no => false,
        _ when value == yes => true,
        _ => throw Ec2Errors.InvalidValue(parameter, value, $"Valid values are {no} and {yes}."),
    };
}
