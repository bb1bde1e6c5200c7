namespace Nines.Host.Networks;

/// <summary>Names of what the kernel holds for the networks of one cloud. Links have at most 15 characters (IFNAMSIZ).</summary>
/// <param name="Scope">The cloud's own eight digits, so that clouds on one machine do not meet.</param>
internal sealed record NetworkNames(string Scope)
{
    /// <summary>Folder where iproute2 keeps named namespaces.</summary>
    public const string NamespaceDirectory = "/run/netns";

    /// <summary>The link to the internet gateway, inside a network's namespace.</summary>
    public const string InternetLink = "internet";

    /// <summary>The link to the machine, inside the internet gateway's namespace.</summary>
    public const string GatewayMachineLink = "machine";

    /// <summary>What every adapter's tap begins with, and nothing else does.</summary>
    public const string TapPrefix = "tap";

    /// <summary>What every network's link begins with in the internet gateway's namespace, and nothing else does.</summary>
    public const string VpcLinkPrefix = "v-";

    /// <summary>What every link between networks begins with, and nothing else does.</summary>
    public const string PeeringLinkPrefix = "p-";

    /// <summary>Any of those links, as nft(8) names them.</summary>
    public const string AnyPeeringLink = $"\"{PeeringLinkPrefix}*\"";

    /// <summary>What the machine-side link of every cloud begins with.</summary>
    public const string MachineLinkPrefix = "nines";

    /// <summary>Name of the one table of rules in each namespace.</summary>
    public const string Table = "nines";

    /// <summary>The link to the cloud, and the machine's table of rules for it.</summary>
    public string MachineLink => MachineLinkPrefix + Scope;

    /// <summary>The namespace that stands for the internet gateway.</summary>
    public string GatewayNamespace => $"nines-{Scope}-internet";

    /// <summary>The tap of a guest that is booted to be kept; no adapter's, whose tails are hexadecimal.</summary>
    public const string GateTap = TapPrefix + "gate";

    /// <summary>The namespace of a guest that is booted to be kept.</summary>
    public string GateNamespace => $"nines-{Scope}-gate";

    /// <summary>The namespace of a network.</summary>
    public string NamespaceOf(string vpcId) => $"nines-{Scope}-{vpcId}";

    /// <summary>The network whose namespace this is, or <see langword="null"/> when it is not one of this cloud's networks.</summary>
    public string? VpcOf(string namespaceName) =>
        namespaceName.StartsWith($"nines-{Scope}-vpc-", StringComparison.Ordinal) ? namespaceName[$"nines-{Scope}-".Length..] : null;

    /// <summary>A network's link inside the internet gateway's namespace.</summary>
    public static string VpcLinkOf(string vpcId) => VpcLinkPrefix + Tail(vpcId);

    /// <summary>An adapter's tap inside its network's namespace.</summary>
    public static string TapOf(string interfaceId) => TapPrefix + Tail(interfaceId);

    /// <summary>The link of a peering, inside both networks' namespaces.</summary>
    public static string PeeringLinkOf(string peeringId) => PeeringLinkPrefix + Tail(peeringId);

    /// <summary>Where a namespace can be opened.</summary>
    public static string PathOf(string namespaceName) => $"{NamespaceDirectory}/{namespaceName}";

    /// <summary>The last twelve digits: 48 random bits, enough for one host.</summary>
    private static string Tail(string id)
    {
        var digits = id[(id.LastIndexOf('-') + 1)..];
        return digits.Length <= 12 ? digits : digits[^12..];
    }
}
