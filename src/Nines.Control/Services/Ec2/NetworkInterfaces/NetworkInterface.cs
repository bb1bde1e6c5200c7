using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.NetworkInterfaces;

/// <summary>An elastic network interface: the addresses and groups that an instance has in a subnet.</summary>
internal sealed record NetworkInterface : ITaggable<NetworkInterface>
{
    public static readonly TableDefinition<NetworkInterface> Table = new("network-interfaces", InstanceJsonContext.Default.NetworkInterface);

    /// <summary>The interfaces in a subnet: how many of its addresses are taken.</summary>
    public static readonly IndexDefinition<NetworkInterface> BySubnet = Table.Index("subnet", networkInterface => networkInterface.SubnetId);

    /// <summary>The interfaces in a security group: what a rule that names the group means.</summary>
    public static readonly IndexDefinition<NetworkInterface> BySecurityGroup =
        Table.IndexMany("security-group", networkInterface => networkInterface.SecurityGroupIds);

    /// <summary>The interfaces that an instance is to get or to lose.</summary>
    public static readonly IndexDefinition<NetworkInterface> ByMoving = Table.Index(
        "moving", networkInterface => networkInterface.Attachment is { State: not InterfaceAttachmentState.Attached } attachment ? attachment.InstanceId : null);

    /// <summary>The interface of an attachment.</summary>
    public static readonly IndexDefinition<NetworkInterface> ByAttachment = Table.Index("attachment", networkInterface => networkInterface.Attachment?.Id);

    [JsonConverter(typeof(InternedStringConverter))]
    public required string AccountId { get; init; }

    public required string Id { get; init; }

    [JsonConverter(typeof(InternedStringConverter))]
    public required string VpcId { get; init; }

    [JsonConverter(typeof(InternedStringConverter))]
    public required string SubnetId { get; init; }

    [JsonConverter(typeof(InternedStringConverter))]
    public required string Zone { get; init; }

    /// <summary>Six octets, lower case, colons between.</summary>
    public required string MacAddress { get; init; }

    /// <summary>Primary private IPv4 address; an own record keeps it from others.</summary>
    public required string PrivateIpAddress { get; init; }

    /// <summary>Public IPv4 address that is translated to the private one, or <see langword="null"/>.</summary>
    public string? PublicIpAddress { get; init; }

    /// <summary>The elastic address that the public one is, <c>eipalloc-…</c>; <see langword="null"/> for one of the pool.</summary>
    public string? AllocationId { get; init; }

    /// <summary>Its private addresses after the primary one, each with its public one.</summary>
    public ImmutableArray<InterfaceAddress> SecondaryAddresses { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>All its addresses, the primary one first.</summary>
    [JsonIgnore]
    public IEnumerable<InterfaceAddress> Addresses => SecondaryAddresses.Prepend(new(PrivateIpAddress, PublicIpAddress, AllocationId));

    /// <summary>Whether any of its addresses has a public one.</summary>
    [JsonIgnore]
    public bool HasPublicAddress => Addresses.Any(address => address.PublicIpAddress is not null);

    /// <summary>Whether the instance gets a public address of the pool with every start.</summary>
    public bool AssociatePublicIpAddress { get; init; }

    public string Description { get; init; } = "";

    public ImmutableArray<string> SecurityGroupIds { get; init; } = [];

    /// <summary>Whether packets with foreign addresses are dropped.</summary>
    public bool SourceDestCheck { get; init; } = true;

    /// <summary>What its maker called the request, so that the same one again makes no second interface.</summary>
    public string? ClientToken { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>The NAT gateway that it is a part of, <c>nat-…</c>, or <see langword="null"/>: such an interface is not its user's to change.</summary>
    public string? ManagerId { get; init; }

    public NetworkInterfaceAttachment? Attachment { get; init; }

    /// <summary>Whether its cable is pulled.</summary>
    public bool LinkDown { get; init; }

    /// <summary>The same with another public address for one of its private ones.</summary>
    /// <param name="privateIpAddress">One of its private addresses.</param>
    /// <param name="publicIpAddress">The public one, or <see langword="null"/>.</param>
    /// <param name="allocationId">The elastic address that this is, if it is one.</param>
    public NetworkInterface WithPublicAddress(string privateIpAddress, string? publicIpAddress, string? allocationId) =>
        privateIpAddress == PrivateIpAddress
            ? this with { PublicIpAddress = publicIpAddress, AllocationId = allocationId }
            : this with
            {
                SecondaryAddresses =
                [
                    .. SecondaryAddresses.Select(address => address.PrivateIpAddress == privateIpAddress ? new InterfaceAddress(privateIpAddress, publicIpAddress, allocationId) : address),
                ],
            };

    public NetworkInterface WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
