using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nines.Host.Networks;

namespace Nines.Host.Metadata;

/// <summary>What one machine finds below a version of the metadata service (AWS: Instance metadata categories).</summary>
internal static class MetadataTree
{
    /// <summary>The versions that AWS lists; all answer the same here.</summary>
    public static readonly string[] Versions =
    [
        "1.0", "2007-01-19", "2007-03-01", "2007-08-29", "2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01", "2009-04-04",
        "2011-01-01", "2011-05-01", "2012-01-12", "2014-02-25", "2014-11-05", "2015-10-20", "2016-04-19", "2016-06-30", "2016-09-02",
        "2018-03-28", "2018-08-17", "2018-09-24", "2019-10-01", "2020-10-27", "2021-01-03", "2021-03-23", "2021-07-15", "2022-07-09",
        "2022-09-24", "2024-04-11", "latest",
    ];

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>The tree below a version. AWS shows the three names of its top without slashes.</summary>
    public static MetadataNode Build(MetadataSubject subject, DateTimeOffset now)
    {
        var data = MetadataNode.Directory(suffix: "");
        AddInstance(data, subject);
        AddActiveKeys(data, subject, now);
        AddAddresses(data, subject);
        AddPlacement(data, subject);
        AddDisks(data, subject);
        foreach (var adapter in subject.Adapters)
        {
            AddAdapter(data, subject, adapter);
        }

        var root = MetadataNode.Directory()
            .Add("meta-data", data)
            .Add("dynamic", MetadataNode.Directory(suffix: "").Add("instance-identity/document", IdentityDocument(subject)));
        return subject.Vm.Metadata.UserData is { IsDefaultOrEmpty: false } userData
            ? root.Add("user-data", MetadataNode.Value(userData.AsMemory(), "application/octet-stream"))
            : root;
    }

    private static void AddInstance(MetadataNode data, MetadataSubject subject)
    {
        var metadata = subject.Vm.Metadata;
        data.Add("ami-id", metadata.ImageId)
            .Add("ami-launch-index", $"{metadata.LaunchIndex}")
            .Add("ami-manifest-path", "(unknown)")
            .Add("instance-action", "none")
            .Add("instance-id", subject.Vm.Id)
            .Add("instance-life-cycle", "on-demand")
            .Add("instance-type", subject.Vm.InstanceType)
            .Add("metrics/vhostmd", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
            .Add("reservation-id", metadata.ReservationId)
            .Add("security-groups", string.Join('\n', metadata.SecurityGroupNames))
            .Add("services/domain", "amazonaws.com")
            .Add("services/partition", "aws");
        if (metadata.PublicKey is { } key)
        {
            data.Add("public-keys/0", MetadataNode.Directory(label: $"0={metadata.KeyName}").Add("openssh-key", key.TrimEnd('\n')));
        }

        if (metadata.InstanceProfileArn is { } profile)
        {
            data.Add("iam/info", ProfileDocument(profile, metadata.LaunchTime));
        }

        if (metadata.InstanceTagsEnabled && !metadata.Tags.IsEmpty)
        {
            var tags = MetadataNode.Directory();
            data.Add("tags/instance", tags);
            foreach (var (name, value) in metadata.Tags)
            {
                // A name with a slash cannot be a place; EC2 refuses to show tags of an instance that has one.
                tags.Add(name.Replace('/', '_'), value);
            }
        }
    }

    /// <summary>
    /// Keys of EC2 Instance Connect, in the form that AWS's package for guests reads: lines about a key, the key, and an empty line. Amazon's
    /// signature behind a key, and the certificate to check it by, are not this cloud's to make.
    /// </summary>
    private static void AddActiveKeys(MetadataNode data, MetadataSubject subject, DateTimeOffset now)
    {
        foreach (var keys in subject.Vm.Metadata.ActiveSshKeys.Where(key => key.ExpiresAt > now).GroupBy(key => key.User))
        {
            data.Add($"managed-ssh-keys/active-keys/{keys.Key}", string.Join('\n', keys.Select(key => $"""
                #Timestamp={key.ExpiresAt.ToUnixTimeSeconds()}
                #Instance={subject.Vm.Id}
                #Caller={key.CallerArn}
                #Request={key.RequestId}
                {key.PublicKey}

                """)));
        }
    }

    private static void AddAddresses(MetadataNode data, MetadataSubject subject)
    {
        var (adapter, vpc) = (subject.Primary.Interface, subject.Primary.Vpc);
        data.Add("hostname", HostName(subject.Primary))
            .Add("local-hostname", HostName(subject.Primary))
            .Add("local-ipv4", adapter.PrivateIpAddress)
            .Add("mac", adapter.MacAddress);
        if (adapter.PublicIpAddress is { } address)
        {
            data.Add("public-ipv4", address).Add("public-hostname", PublicHostName(address, vpc.DomainName));
        }
    }

    private static void AddPlacement(MetadataNode data, MetadataSubject subject)
    {
        data.Add("placement/availability-zone", subject.Vm.Metadata.AvailabilityZone)
            .Add("placement/availability-zone-id", subject.Vm.Metadata.AvailabilityZoneId)
            .Add("placement/region", subject.Vm.Metadata.Region);
        if (subject.Vm.Metadata.PlacementGroupName is { } group)
        {
            data.Add("placement/group-name", group);
        }

        if (subject.Vm.Metadata.PlacementPartition is { } partition)
        {
            data.Add("placement/partition-number", $"{partition}");
        }
    }

    private static void AddDisks(MetadataNode data, MetadataSubject subject)
    {
        for (var index = 0; index < subject.Vm.Disks.Length; index++)
        {
            var device = subject.Vm.Disks[index].DeviceName;
            if (index == 0)
            {
                data.Add("block-device-mapping/ami", device).Add("block-device-mapping/root", device);
            }
            else
            {
                data.Add($"block-device-mapping/ebs{index}", device.StartsWith("/dev/", StringComparison.Ordinal) ? device["/dev/".Length..] : device);
            }
        }
    }

    private static void AddAdapter(MetadataNode data, MetadataSubject subject, MetadataAdapter adapter)
    {
        var spec = adapter.Interface;
        var node = MetadataNode.Directory()
            .Add("device-number", $"{adapter.DeviceIndex}")
            .Add("interface-id", spec.Id)
            .Add("local-hostname", HostName(adapter))
            .Add("local-ipv4s", string.Join('\n', spec.SecondaryAddresses.Select(address => address.PrivateIpAddress).Prepend(spec.PrivateIpAddress)))
            .Add("mac", spec.MacAddress)
            .Add("owner-id", subject.Vm.Metadata.AccountId)
            .Add("security-group-ids", string.Join('\n', spec.SecurityGroupIds))
            .Add("subnet-id", adapter.Subnet.Id)
            .Add("subnet-ipv4-cidr-block", adapter.Subnet.CidrBlock)
            .Add("vpc-id", adapter.Vpc.Id)
            .Add("vpc-ipv4-cidr-block", adapter.Vpc.CidrBlocks[0])
            .Add("vpc-ipv4-cidr-blocks", string.Join('\n', adapter.Vpc.CidrBlocks));
        if (adapter == subject.Primary)
        {
            node.Add("security-groups", string.Join('\n', subject.Vm.Metadata.SecurityGroupNames));
        }

        if (spec.PublicIpAddress is { } address)
        {
            node.Add("public-ipv4s", address)
                .Add("public-hostname", PublicHostName(address, adapter.Vpc.DomainName))
                .Add($"ipv4-associations/{address}", spec.PrivateIpAddress);
        }

        data.Add($"network/interfaces/macs/{spec.MacAddress}", node);
    }

    private static string HostName(MetadataAdapter adapter) => $"{adapter.Interface.HostName}.{adapter.Vpc.DomainName}";

    /// <summary>Empty in a network whose domain is none of AWS's, as on AWS in one without DNS host names.</summary>
    private static string PublicHostName(string address, string domainName) =>
        NameServerFiles.PublicDomain(domainName) is { } domain ? $"ec2-{address.Replace('.', '-')}.{domain}" : "";

    private static string ProfileDocument(string arn, DateTimeOffset updated) => Document(writer =>
    {
        writer.WriteString("Code", "Success");
        writer.WriteString("LastUpdated", updated.UtcDateTime.ToString(TimeFormat));
        writer.WriteString("InstanceProfileArn", arn);
        writer.WriteString("InstanceProfileId", "AIPA" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(arn)))[..17]);
    });

    /// <summary>AWS: Instance identity documents. It is not signed: a signature would be one of this cloud's, not Amazon's.</summary>
    private static string IdentityDocument(MetadataSubject subject) => Document(writer =>
    {
        var metadata = subject.Vm.Metadata;
        writer.WriteString("accountId", metadata.AccountId);
        writer.WriteString("architecture", "x86_64");
        writer.WriteString("availabilityZone", metadata.AvailabilityZone);
        writer.WriteNull("billingProducts");
        writer.WriteNull("devpayProductCodes");
        writer.WriteNull("marketplaceProductCodes");
        writer.WriteString("imageId", metadata.ImageId);
        writer.WriteString("instanceId", subject.Vm.Id);
        writer.WriteString("instanceType", subject.Vm.InstanceType);
        writer.WriteNull("kernelId");
        writer.WriteString("pendingTime", metadata.LaunchTime.UtcDateTime.ToString(TimeFormat));
        writer.WriteString("privateIp", subject.Primary.Interface.PrivateIpAddress);
        writer.WriteNull("ramdiskId");
        writer.WriteString("region", metadata.Region);
        writer.WriteString("version", "2017-09-30");
    });

    private static string Document(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new() { Indented = true }))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }
}
