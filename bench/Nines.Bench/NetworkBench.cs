using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host;
using Nines.Host.Api;
using Nines.Host.Networks;
using Nines.Host.Processes;

namespace Nines.Bench;

/// <summary>
/// How long a network takes to become what it shall be: made from nothing, a rule changed, an adapter added, nothing changed; with few
/// adapters and with many. Needs root; everything is inside namespaces of its own.
/// </summary>
internal static class NetworkBench
{
    private const string VpcId = "vpc-0be0be0be0be0be0b";
    private const string SubnetId = "subnet-0be0be0be0be0be0b";
    private const string RouteTableId = "rtb-0d0d0d0d0d0d0d0d0";
    private const int GroupSize = 25;
    private static readonly (int Adapters, int Rules)[] Sizes = [(1, 2), (50, 100), (500, 1000)];

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync("adapters  rules  render ms  make ms  change a rule ms  add an adapter ms  verify ms".AsMemory(), cancellationToken);
        foreach (var (adapters, rules) in Sizes)
        {
            await output.WriteLineAsync((await MeasureAsync(adapters, rules, cancellationToken)).AsMemory(), cancellationToken);
        }
    }

    private static async Task<string> MeasureAsync(int adapters, int rules, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("nines-bench-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var host = new HostOptions { HostId = "bench", StateDirectory = folder + "/state", RunDirectory = folder + "/run", ImagesDirectory = folder, QemuUser = "nobody" };
        var options = new NetworkOptions { PublicPool = "240.254.254.0/23", Egress = Egress.None, ResolverFile = null, VerifyInterval = TimeSpan.Zero };
        var time = TimeProvider.System;
        await using var networks = HostNetworks.Create(host, options, new HostCommands(time, NullLogger<HostCommands>.Instance), time, NullLoggerFactory.Instance);
        try
        {
            var vpc = Network(adapters, rules);
            VpcRuleset.Render(VpcModel.Parse(vpc));
            var render = await TimeAsync(() => Task.FromResult(VpcRuleset.Render(VpcModel.Parse(vpc))));
            var make = await TimeAsync(() => ApplyAsync(vpc));
            var group = vpc.SecurityGroups.Values.First();
            var swapped = vpc with { SecurityGroups = vpc.SecurityGroups.SetItem(group.Id, group with { Ingress = group.Ingress.Add(new(6, 9, 9, "0.0.0.0/0", null)) }) };
            var swap = await TimeAsync(() => ApplyAsync(swapped));
            var next = Adapter(adapters + 1, group.Id);
            var more = swapped with { Interfaces = swapped.Interfaces.Add(next.Id, next) };
            var add = await TimeAsync(() => ApplyAsync(more));
            var verify = await TimeAsync(() => ApplyAsync(more));
            return string.Create(CultureInfo.InvariantCulture, $"{adapters,8} {rules,6} {render,10:N1} {make,8:N0} {swap,17:N0} {add,18:N0} {verify,10:N0}");
        }
        finally
        {
            await networks.PurgeAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }

        async Task ApplyAsync(VpcSpec vpc)
        {
            var statuses = await networks.ApplyAsync(new() { Generation = 1, Vpcs = ImmutableDictionary<string, VpcSpec>.Empty.Add(VpcId, vpc) }, cancellationToken);
            if (statuses[VpcId].Message is { } message)
            {
                throw new InvalidOperationException(message);
            }
        }

        async Task<double> TimeAsync(Func<Task> work)
        {
            var started = time.GetTimestamp();
            await work();
            return time.GetElapsedTime(started).TotalMilliseconds;
        }
    }

    /// <summary>Groups of as many rules each, half of which refer to another group; every adapter is in one of them.</summary>
    private static VpcSpec Network(int adapters, int rules)
    {
        var groups = Math.Max(1, rules / GroupSize);
        return new()
        {
            Id = VpcId,
            CidrBlocks = ["172.31.0.0/16"],
            DomainName = "ec2.internal",
            Subnets = ImmutableDictionary<string, SubnetSpec>.Empty.Add(SubnetId, new(SubnetId, "172.31.16.0/20", RouteTableId)),
            RouteTables = ImmutableDictionary<string, RouteTableSpec>.Empty.Add(
                RouteTableId, new() { Id = RouteTableId, Routes = [new("0.0.0.0/0", RouteTarget.Internet)] }),
            SecurityGroups = Enumerable.Range(0, groups).Select(group => new SecurityGroupSpec
            {
                Id = GroupId(group),
                Ingress = [.. Enumerable.Range(0, rules / groups).Select(rule => new SecurityGroupRuleSpec(
                    6, 1000 + rule, 1000 + rule, rule % 2 == 0 ? $"10.{rule}.0.0/16" : null, rule % 2 == 0 ? null : GroupId((group + rule) % groups)))],
                Egress = [new(-1, -1, -1, "0.0.0.0/0", null)],
                MemberAddresses = [.. Enumerable.Range(1, adapters).Where(number => number % groups == group).Select(AddressOf)],
            }).ToImmutableDictionary(group => group.Id),
            Interfaces = Enumerable.Range(1, adapters).Select(number => Adapter(number, GroupId(number % groups))).ToImmutableDictionary(adapter => adapter.Id),
        };
    }

    private static InterfaceSpec Adapter(int number, string groupId) => new()
    {
        Id = $"eni-{number:x17}",
        VmId = $"i-{number:x17}",
        SubnetId = SubnetId,
        MacAddress = $"02:00:00:00:{number >> 8:x2}:{number & 255:x2}",
        PrivateIpAddress = AddressOf(number),
        PublicIpAddress = number < 480 ? $"240.254.{254 + ((number + 16) >> 8)}.{(number + 16) & 255}" : null,
        HostName = $"ip-{AddressOf(number).Replace('.', '-')}",
        SecurityGroupIds = [groupId],
    };

    private static string AddressOf(int number) => $"172.31.{16 + ((number + 3) >> 8)}.{(number + 3) & 255}";

    private static string GroupId(int number) => $"sg-{number:x17}";
}
