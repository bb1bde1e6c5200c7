using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Nines.Host.Api;
using Nines.Host.Metadata;
using Nines.Host.Tests.Networks;

namespace Nines.Host.Tests.Metadata;

public sealed class MetadataHandlerTests
{
    private const string Mac = "network/interfaces/macs/02:00:00:00:00:01";
    private readonly FakeTimeProvider _time = new();
    private readonly MetadataDirectory _directory = new();
    private readonly MetadataHandler _handler;

    public MetadataHandlerTests()
    {
        _handler = new(_directory, new(new byte[32], _time), _time);
        Machine(metadata => metadata);
    }

    [Theory]
    [InlineData("ami-id", "ami-1")]
    [InlineData("ami-launch-index", "0")]
    [InlineData("ami-manifest-path", "(unknown)")]
    [InlineData("block-device-mapping", "ami\nebs1\nroot")]
    [InlineData("block-device-mapping/root", "/dev/xvda")]
    [InlineData("block-device-mapping/ebs1", "sdf")]
    [InlineData("hostname", "ip-172-31-16-4.ec2.internal")]
    [InlineData("iam/", "info")]
    [InlineData("instance-action", "none")]
    [InlineData("instance-id", "i-00000000000000001")]
    [InlineData("instance-id/", "i-00000000000000001")]
    [InlineData("instance-life-cycle", "on-demand")]
    [InlineData("instance-type", "t3.micro")]
    [InlineData("local-hostname", "ip-172-31-16-4.ec2.internal")]
    [InlineData("local-ipv4", "172.31.16.4")]
    [InlineData("mac", "02:00:00:00:00:01")]
    [InlineData("network", "interfaces/")]
    [InlineData("network/interfaces/macs", "02:00:00:00:00:01/")]
    [InlineData(Mac + "/device-number", "0")]
    [InlineData(Mac + "/interface-id", "eni-00000000000000001")]
    [InlineData(Mac + "/ipv4-associations/198.18.0.20", "172.31.16.4")]
    [InlineData(Mac + "/owner-id", "123456789012")]
    [InlineData(Mac + "/public-ipv4s", "198.18.0.20")]
    [InlineData(Mac + "/security-group-ids", Vpcs.WebGroup)]
    [InlineData(Mac + "/subnet-ipv4-cidr-block", "172.31.16.0/20")]
    [InlineData(Mac + "/vpc-id", "vpc-0a")]
    [InlineData(Mac + "/vpc-ipv4-cidr-blocks", "172.31.0.0/16")]
    [InlineData("placement/", "availability-zone\navailability-zone-id\ngroup-name\npartition-number\nregion")]
    [InlineData("placement/group-name", "shops")]
    [InlineData("placement/partition-number", "2")]
    [InlineData("placement/availability-zone/", "us-east-1a")]
    [InlineData("public-hostname", "ec2-198-18-0-20.compute-1.amazonaws.com")]
    [InlineData("public-ipv4", "198.18.0.20")]
    [InlineData("public-keys/", "0=my-key")]
    [InlineData("public-keys/0/", "openssh-key")]
    [InlineData("public-keys/0/openssh-key", "ssh-ed25519 AAAA my-key")]
    [InlineData("reservation-id", "r-1")]
    [InlineData("security-groups", "web\nssh")]
    [InlineData("services/", "domain\npartition")]
    [InlineData("tags/instance/", "Name\nTier")]
    [InlineData("tags/instance/Name", "shop")]
    public async Task A_machine_is_told(string path, string expected) =>
        (await GetAsync("/latest/meta-data/" + path)).ShouldBe((200, expected));

    [Fact]
    public async Task The_listing_of_all_is_as_aws_shows_it() => (await GetAsync("/latest/meta-data/")).Body.Split('\n').ShouldBe(
    [
        "ami-id", "ami-launch-index", "ami-manifest-path", "block-device-mapping/", "hostname", "iam/", "instance-action", "instance-id",
        "instance-life-cycle", "instance-type", "local-hostname", "local-ipv4", "mac", "metrics/", "network/", "placement/",
        "public-hostname", "public-ipv4", "public-keys/", "reservation-id", "security-groups", "services/", "tags/",
    ]);

    [Theory]
    [InlineData("/latest", "dynamic\nmeta-data\nuser-data")]
    [InlineData("/2009-04-04/", "dynamic\nmeta-data\nuser-data")]
    [InlineData("/2021-03-23/meta-data/instance-id", "i-00000000000000001")]
    [InlineData("/2018-09-24/user-data", "#!/bin/sh\necho hello")]
    [InlineData("/latest/dynamic/instance-identity", "document")]
    public async Task Every_version_answers(string path, string expected) => (await GetAsync(path)).ShouldBe((200, expected));

    [Fact]
    public async Task The_root_lists_the_versions_that_cloud_init_asks_for()
    {
        var versions = (await GetAsync("/")).Body.Split('\n');
        versions[0].ShouldBe("1.0");
        versions[^1].ShouldBe("latest");
        versions.ShouldBeSubsetOf(versions.Append("latest"));
        new[] { "2021-03-23", "2018-09-24", "2016-09-02", "2009-04-04" }.ShouldBeSubsetOf(versions);
    }

    [Theory]
    [InlineData("/latest/meta-data/nothing")]
    [InlineData("/latest/meta-data/instance-id/more")]
    [InlineData("/1999-01-01/meta-data")]
    [InlineData("/favicon.ico")]
    public async Task What_is_not_there_is_not_found(string path) => (await GetAsync(path)).Status.ShouldBe(404);

    [Fact]
    public async Task What_a_machine_does_not_have_is_not_listed()
    {
        Machine(metadata => metadata with { UserData = [], PublicKey = null, InstanceProfileArn = null, InstanceTagsEnabled = false });
        (await GetAsync("/latest/user-data")).Status.ShouldBe(404);
        (await GetAsync("/latest")).Body.ShouldBe("dynamic\nmeta-data");
        foreach (var path in new[] { "public-keys", "iam", "tags" })
        {
            (await GetAsync("/latest/meta-data/" + path)).Status.ShouldBe(404);
        }
    }

    [Fact]
    public async Task A_key_of_instance_connect_is_there_for_its_user_until_it_is_over()
    {
        const string keys = "/latest/meta-data/managed-ssh-keys/active-keys/";
        (await GetAsync("/latest/meta-data/managed-ssh-keys")).Status.ShouldBe(404);
        var now = _time.GetUtcNow();
        Machine(metadata => metadata with
        {
            ActiveSshKeys =
            [
                new("admin", "ssh-ed25519 AAAA one", now.AddSeconds(30), "arn:aws:iam::123456789012:root", "r-1"),
                new("admin", "ssh-ed25519 BBBB two", now.AddSeconds(60), "arn:aws:iam::123456789012:root", "r-2"),
                new("root", "ssh-ed25519 CCCC three", now.AddSeconds(60), "arn:aws:iam::123456789012:root", "r-3"),
            ],
        });
        (await GetAsync(keys)).Body.ShouldBe("admin\nroot");
        (await GetAsync(keys + "admin/")).Body.Split("\n\n").Select(block => block.Trim().Split('\n')[^1]).ShouldBe(["ssh-ed25519 AAAA one", "ssh-ed25519 BBBB two"]);
        _time.Advance(TimeSpan.FromSeconds(30));
        (await GetAsync(keys + "admin/")).Body.ShouldBe(
            $"#Timestamp={now.AddSeconds(60).ToUnixTimeSeconds()}\n#Instance=i-00000000000000001\n#Caller=arn:aws:iam::123456789012:root\n#Request=r-2\nssh-ed25519 BBBB two\n");
        (await GetAsync(keys + "nobody")).Status.ShouldBe(404);
        _time.Advance(TimeSpan.FromSeconds(30));
        (await GetAsync(keys + "admin")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task The_identity_document_says_who_it_is()
    {
        using var document = JsonDocument.Parse((await GetAsync("/latest/dynamic/instance-identity/document")).Body);
        document.RootElement.GetProperty("instanceId").GetString().ShouldBe("i-00000000000000001");
        document.RootElement.GetProperty("region").GetString().ShouldBe("us-east-1");
        document.RootElement.GetProperty("pendingTime").GetString().ShouldBe("1970-01-01T00:00:00Z");
    }

    [Theory]
    [InlineData(null, 400)]
    [InlineData("", 400)]
    [InlineData("0", 400)]
    [InlineData("-1", 400)]
    [InlineData("+5", 400)]
    [InlineData("1.5", 400)]
    [InlineData("21601", 400)]
    [InlineData("99999999999", 400)]
    [InlineData("1", 200)]
    [InlineData("21600", 200)]
    public async Task A_token_lives_from_one_second_to_six_hours(string? lifetime, int expected)
    {
        var (status, _, headers) = await SendAsync("PUT", "/latest/api/token", ("X-aws-ec2-metadata-token-ttl-seconds", lifetime));
        status.ShouldBe(expected);
        if (expected == 200)
        {
            headers["X-Aws-Ec2-Metadata-Token-Ttl-Seconds"].ToString().ShouldBe(lifetime);
        }
    }

    [Fact]
    public async Task A_forwarded_request_is_given_no_token() =>
        (await SendAsync("PUT", "/latest/api/token", ("X-aws-ec2-metadata-token-ttl-seconds", "60"), ("X-Forwarded-For", "10.0.0.1"))).Status.ShouldBe(403);

    [Theory]
    [InlineData("GET", "/latest/api/token")]
    [InlineData("POST", "/latest/meta-data/")]
    [InlineData("PUT", "/latest/meta-data/")]
    [InlineData("DELETE", "/latest/api/token")]
    public async Task Another_method_is_refused(string method, string path) => (await SendAsync(method, path)).Status.ShouldBe(405);

    [Fact]
    public async Task A_token_is_demanded_where_it_is_required_and_checked_where_it_is_given()
    {
        var (_, token, _) = await SendAsync("PUT", "/latest/api/token", ("X-aws-ec2-metadata-token-ttl-seconds", "60"));
        foreach (var required in new[] { true, false })
        {
            Machine(metadata => metadata with { TokensRequired = required });
            (await GetAsync("/latest/meta-data/mac")).Status.ShouldBe(required ? 401 : 200);
            (await SendAsync("GET", "/latest/meta-data/mac", ("X-aws-ec2-metadata-token", token))).Status.ShouldBe(200);
            (await SendAsync("GET", "/latest/meta-data/mac", ("X-aws-ec2-metadata-token", "wrong"))).Status.ShouldBe(401);
        }

        _time.Advance(TimeSpan.FromMinutes(1));
        (await SendAsync("GET", "/latest/meta-data/mac", ("X-aws-ec2-metadata-token", token))).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_machine_whose_endpoint_is_off_is_refused()
    {
        Machine(metadata => metadata with { EndpointEnabled = false });
        (await GetAsync("/latest/meta-data/")).Status.ShouldBe(403);
        (await SendAsync("PUT", "/latest/api/token", ("X-aws-ec2-metadata-token-ttl-seconds", "60"))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Who_is_not_known_in_that_network_is_told_nothing()
    {
        (await SendFromAsync(("vpc-0a", "172.31.16.99"), "GET", "/latest/meta-data/")).Status.ShouldBe(404);
        (await SendFromAsync(("vpc-0b", "172.31.16.4"), "GET", "/latest/meta-data/")).Status.ShouldBe(404);
    }

    private void Machine(Func<InstanceMetadata, InstanceMetadata> change)
    {
        var vm = Specs.Vm("i-00000000000000001");
        var metadata = change(vm.Metadata with
        {
            KeyName = "my-key",
            PublicKey = "ssh-ed25519 AAAA my-key\n",
            SecurityGroupNames = ["web", "ssh"],
            PlacementGroupName = "shops",
            PlacementPartition = 2,
            UserData = [.. "#!/bin/sh\necho hello"u8],
            InstanceProfileArn = "arn:aws:iam::123456789012:instance-profile/web",
            InstanceTagsEnabled = true,
            Tags = ImmutableDictionary<string, string>.Empty.Add("Name", "shop").Add("Tier", "web"),
        });
        _directory.Update(Specs.State(1, vm with
        {
            Metadata = metadata,
            Disks = [new("vol-1", "/dev/xvda"), new("vol-2", "/dev/sdf")],
            Interfaces = [new(Vpcs.Adapter(1).Id, Vpcs.Shop.Id, Vpcs.Adapter(1).MacAddress, 0)],
        }) with
        { Vpcs = ImmutableDictionary<string, VpcSpec>.Empty.Add(Vpcs.Shop.Id, Vpcs.Shop) });
    }

    private async Task<(int Status, string Body)> GetAsync(string path)
    {
        var (status, body, _) = await SendAsync("GET", path);
        return (status, body);
    }

    private Task<(int Status, string Body, IHeaderDictionary Headers)> SendAsync(
        string method, string path, params (string Name, string? Value)[] headers) => SendFromAsync(("vpc-0a", "172.31.16.4"), method, path, headers);

    private async Task<(int Status, string Body, IHeaderDictionary Headers)> SendFromAsync(
        (string VpcId, string Address) from, string method, string path, params (string Name, string? Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new MetadataListenerFeature(from.VpcId));
        context.Connection.RemoteIpAddress = IPAddress.Parse(from.Address);
        context.Request.Method = method;
        context.Request.Path = path;
        context.Response.Body = new MemoryStream();
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
        {
            context.Request.Headers[name] = value;
        }

        await _handler.HandleAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray()), context.Response.Headers);
    }
}
