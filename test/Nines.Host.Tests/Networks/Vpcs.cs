using System.Collections.Immutable;
using Nines.Host.Api;

namespace Nines.Host.Tests.Networks;

/// <summary>Networks as tests need them.</summary>
internal static class Vpcs
{
    public const string SubnetId = "subnet-0b";
    public const string RouteTableId = "rtb-0d0d0d0d0d0d0d0d0";
    public const string WebGroup = "sg-0web";
    public const string DataGroup = "sg-0data";

    /// <summary>Two web servers, one of them public, and a database that only they may reach.</summary>
    public static VpcSpec Shop { get; } = new()
    {
        Id = "vpc-0a",
        CidrBlocks = ["172.31.0.0/16"],
        DomainName = "ec2.internal",
        Subnets = ImmutableDictionary<string, SubnetSpec>.Empty.Add(SubnetId, new(SubnetId, "172.31.16.0/20", RouteTableId)),
        RouteTables = ImmutableDictionary<string, RouteTableSpec>.Empty.Add(
            RouteTableId, new() { Id = RouteTableId, Routes = [new("0.0.0.0/0", RouteTarget.Internet)] }),
        SecurityGroups = new[]
        {
            new SecurityGroupSpec
            {
                Id = WebGroup,
                Ingress = [new(6, 22, 22, "198.18.0.0/16", null), new(6, 80, 81, "0.0.0.0/0", null), new(1, 8, -1, "0.0.0.0/0", null)],
                Egress = [new(-1, -1, -1, "0.0.0.0/0", null)],
                MemberAddresses = ["172.31.16.5", "172.31.16.4"],
            },
            new SecurityGroupSpec { Id = DataGroup, Ingress = [new(6, 5432, 5432, null, WebGroup)], MemberAddresses = ["172.31.16.6"] },
        }.ToImmutableDictionary(group => group.Id),
        Interfaces = new[]
        {
            Adapter(1, WebGroup) with { PublicIpAddress = "198.18.0.20" },
            Adapter(2, WebGroup),
            Adapter(3, DataGroup) with { SourceDestinationCheck = false },
        }.ToImmutableDictionary(adapter => adapter.Id),
    };

    public static InterfaceSpec Adapter(int number, params string[] groups) => new()
    {
        Id = $"eni-{number:x17}",
        VmId = $"i-{number:x17}",
        SubnetId = SubnetId,
        MacAddress = $"02:00:00:00:{number >> 8:x2}:{number & 255:x2}",
        PrivateIpAddress = $"172.31.{16 + ((number + 3) >> 8)}.{(number + 3) & 255}",
        HostName = $"ip-172-31-{16 + ((number + 3) >> 8)}-{(number + 3) & 255}",
        SecurityGroupIds = [.. groups],
    };

    public static VpcSpec With(this VpcSpec vpc, params InterfaceSpec[] adapters) =>
        vpc with { Interfaces = adapters.Aggregate(vpc.Interfaces, (all, adapter) => all.SetItem(adapter.Id, adapter)) };

    public static VpcSpec With(this VpcSpec vpc, SecurityGroupSpec group) =>
        vpc with { SecurityGroups = vpc.SecurityGroups.SetItem(group.Id, group) };
}
