using System.Globalization;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Reachability;

/// <summary>Finds the ends of a way by what an operator calls them: an instance, an interface, an address, or the internet.</summary>
internal sealed class ReachParser(Cloud cloud)
{
    /// <summary>What stands for all that is outside.</summary>
    public const string Internet = "internet";

    /// <summary>One end.</summary>
    /// <param name="accountId">Whose.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="from">The other end, where it is known: an address means an interface of its network first.</param>
    /// <exception cref="Nines.Wire.AwsException">There is no such instance or interface, or it is not an address.</exception>
    public ReachEndpoint Parse(string accountId, string name, ReachEndpoint? from = null)
    {
        if (name == Internet)
        {
            return ReachEndpoint.Outside();
        }

        if (Ipv4Block.TryParseAddress(name, out _))
        {
            return ByAddress(accountId, name, from) ?? ReachEndpoint.Outside(name);
        }

        if (ResourceKind.Of(name) == ResourceKind.NetworkInterface)
        {
            var id = ResourceId.Parse<NetworkInterfaceId>(name).Value;
            return Primary(cloud.Find(NetworkInterface.Table, accountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.NetworkInterface, id), from);
        }

        var instance = InstanceLookup.FindAll(cloud, accountId, InstanceLookup.ParseRequired([name]))[0];
        return instance.NetworkInterfaceIds is [{ } first, ..] && cloud.Find(NetworkInterface.Table, accountId, first) is { } primary
            ? Primary(primary, from)
            : throw Ec2Errors.IncorrectState($"The instance '{instance.Id}' has no network interface.");
    }

    /// <summary>Splits <c>NAME:PORT</c>.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static (string Name, int Port) Split(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? (text[..colon], port)
            : throw Ec2Errors.InvalidParameterValue($"'{text}' is not a destination and its port, such as 10.0.0.4:22.");
    }

    private ReachEndpoint? ByAddress(string accountId, string address, ReachEndpoint? from)
    {
        var adapters = cloud.List(NetworkInterface.Table, accountId).SelectMany(adapter => adapter.Addresses, (adapter, known) => (Adapter: adapter, Known: known)).ToList();
        if (adapters.FirstOrDefault(pair => pair.Known.PublicIpAddress == address) is { Adapter: { } reached, Known: var at })
        {
            return ReachEndpoint.Of(reached, at, byPublicAddress: true);
        }

        // Two networks may have the same addresses.
        return adapters.Where(pair => pair.Known.PrivateIpAddress == address)
            .OrderByDescending(pair => pair.Adapter.VpcId == from?.Adapter?.VpcId)
            .Select(pair => ReachEndpoint.Of(pair.Adapter, pair.Known, byPublicAddress: false)).FirstOrDefault();
    }

    /// <summary>From outside an interface is reached by its public address, where it has one.</summary>
    private static ReachEndpoint Primary(NetworkInterface adapter, ReachEndpoint? from)
    {
        var address = adapter.Addresses.First();
        return ReachEndpoint.Of(adapter, address, byPublicAddress: from is { Adapter: null } && address.PublicIpAddress is not null);
    }
}
