using System.Collections.Immutable;

namespace Nines.Control.Services.Ec2.Zones;

/// <summary>The cloud's region and its availability zones.</summary>
internal sealed class ZoneCatalog
{
    /// <summary>The most zones, which have one letter each.</summary>
    public const int MaximumZones = 26;

    /// <summary>Lays out a region.</summary>
    /// <param name="region">The region's name, <c>us-east-1</c>.</param>
    /// <param name="zones">How many zones it has, 1 to 26.</param>
    public ZoneCatalog(string region, int zones)
    {
        ArgumentException.ThrowIfNullOrEmpty(region);
        ArgumentOutOfRangeException.ThrowIfLessThan(zones, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(zones, MaximumZones);
        Region = region;
        Zones = [.. Enumerable.Range(1, zones).Select(number => new Zone($"{region}{(char)('a' + number - 1)}", $"{Abbreviate(region)}-az{number}", $"{region}-zg-1"))];
    }

    /// <summary>The region's name.</summary>
    public string Region { get; }

    /// <summary>The zones by name.</summary>
    public ImmutableArray<Zone> Zones { get; }

    /// <summary>The host name of EC2 in the region; <c>amazonaws.com.cn</c> in China's regions.</summary>
    public string Endpoint => $"ec2.{Region}.amazonaws.com{(Region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}";

    /// <summary>The zone of that name, or <see langword="null"/>.</summary>
    public Zone? Find(string name) => Zones.FirstOrDefault(zone => zone.Name == name);

    /// <summary>The zone of that id, or <see langword="null"/>.</summary>
    public Zone? FindById(string id) => Zones.FirstOrDefault(zone => zone.Id == id);

    /// <summary>The region's name as zone ids begin with it: <c>us-east-1</c> is <c>use1</c>, <c>ap-southeast-2</c> is <c>apse2</c>.</summary>
    private static string Abbreviate(string region)
    {
        var parts = region.Split('-');
        return string.Concat(parts.Select((part, index) => index == 0 || (part.Length > 0 && char.IsAsciiDigit(part[0])) ? part : Direction(part)));
    }

    private static string Direction(string part) => part switch
    {
        "northeast" => "ne",
        "northwest" => "nw",
        "southeast" => "se",
        "southwest" => "sw",
        "" => "",
        _ => part[..1],
    };
}
