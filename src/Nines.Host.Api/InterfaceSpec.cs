using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>An adapter's addresses and groups.</summary>
public sealed record InterfaceSpec
{
    /// <summary>The id, <c>eni-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The machine it is attached to, <c>i-…</c>; the metadata service knows by it who asks.</summary>
    public required string VmId { get; init; }

    /// <summary>The subnet it is in.</summary>
    public required string SubnetId { get; init; }

    /// <summary>Six octets, lower case, colons between.</summary>
    public required string MacAddress { get; init; }

    /// <summary>Primary private IPv4 address.</summary>
    public required string PrivateIpAddress { get; init; }

    /// <summary>Public IPv4 address that is translated 1:1 to the private one, or <see langword="null"/>.</summary>
    public string? PublicIpAddress { get; init; }

    /// <summary>Private addresses after the primary one.</summary>
    public ImmutableArray<InterfaceAddressSpec> SecondaryAddresses { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Host name without its domain, such as <c>ip-172-31-16-4</c>.</summary>
    public required string HostName { get; init; }

    /// <summary>Another name without its domain that leads to the primary address, such as the machine's id; <see langword="null"/>: there is none.</summary>
    public string? ResourceName { get; init; }

    /// <summary>Security groups by id.</summary>
    public ImmutableArray<string> SecurityGroupIds { get; init; } = [];

    /// <summary>Whether packets with foreign addresses are dropped.</summary>
    public bool SourceDestinationCheck { get; init; } = true;

    /// <summary>Whether its cable is pulled: another adapter of its machine in its subnet then carries its addresses.</summary>
    public bool LinkDown { get; init; }
}
