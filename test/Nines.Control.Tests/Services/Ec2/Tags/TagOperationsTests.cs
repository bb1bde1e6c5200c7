using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.Tags;

public sealed class TagOperationsTests : IAsyncLifetime
{
    private Ec2World _world = null!;

    public async ValueTask InitializeAsync() => _world = await Ec2World.OpenAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Tags_are_set_replaced_and_found()
    {
        var (vpc, subnet) = (_world.DefaultVpc.Id, _world.FirstSubnet.Id);
        await Create([vpc, subnet], ("Name", "main"), ("env", "test"));
        await Create([subnet], ("env", "prod"));

        (await Describe()).ShouldBe([(subnet, "subnet", "Name", "main"), (subnet, "subnet", "env", "prod"), (vpc, "vpc", "Name", "main"), (vpc, "vpc", "env", "test")]);
        (await Describe(("resource-type", "vpc"), ("key", "env"))).ShouldBe([(vpc, "vpc", "env", "test")]);
        (await Describe(("tag:env", "prod"))).ShouldBe([(subnet, "subnet", "env", "prod")]);
        (await Describe(("value", "ma*"))).Count.ShouldBe(2);
        (await _world.AskAsync(Ec2Api.DescribeSubnets, new() { Filters = [new Filter { Name = "tag:env", Values = ["prod"] }] }))
            .Subnets!.ShouldHaveSingleItem().Tags!.Select(tag => tag.Key).ShouldBe(["Name", "env"]);
    }

    [Fact]
    public async Task Every_resource_of_a_new_account_can_be_tagged()
    {
        var group = (await _world.AskAsync(Ec2Api.DescribeSecurityGroupRules, new())).SecurityGroupRules![0];
        var vpc = _world.DefaultVpc;
        string[] ids = [vpc.Id, vpc.DhcpOptionsId, vpc.MainRouteTableId, vpc.DefaultNetworkAclId, vpc.DefaultSecurityGroupId, _world.FirstSubnet.Id, group.SecurityGroupRuleId!];
        await Create(ids, ("a", "1"));
        (await Describe()).Select(tag => tag.Id).ShouldBe(ids.Order(StringComparer.Ordinal));
        await Delete([group.SecurityGroupRuleId!]);
        (await Describe()).Count.ShouldBe(ids.Length - 1);
    }

    [Fact]
    public void Every_kind_of_resource_is_taggable() =>
        TaggableResources.All.Select(resource => resource.Kind).ShouldBe(ResourceKind.ByPrefix.Values, ignoreOrder: true);

    [Fact]
    public async Task Deleting_looks_at_the_value_where_one_is_given()
    {
        var id = _world.DefaultVpc.Id;
        await Create([id], ("a", "1"), ("b", ""), ("c", "3"));
        await Delete([id], ("a", "2"), ("b", ""), ("none", null));
        (await Describe()).Select(tag => tag.Key).ShouldBe(["a", "c"]);
        await Delete([id], ("a", null));
        (await Describe()).Select(tag => tag.Key).ShouldBe(["c"]);
        await Delete([id]);
        (await Describe()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("vpc-0123456789abcdef0", "InvalidVpcID.NotFound")]
    [InlineData("i-0123456789abcdef0", "InvalidInstanceID.NotFound")]
    [InlineData("vol-0123456789abcdef0", "InvalidVolume.NotFound")]
    [InlineData("snap-0123456789abcdef0", "InvalidSnapshot.NotFound")]
    [InlineData("i-12", "InvalidInstanceID.Malformed")]
    [InlineData("thing-0123456789abcdef0", "InvalidID")]
    [InlineData("thing", "InvalidID")]
    public async Task A_resource_that_is_not_there_is_refused_and_nothing_is_tagged(string id, string code)
    {
        (await Should.ThrowAsync<AwsException>(() => Create([_world.DefaultVpc.Id, id], ("a", "1")))).Code.ShouldBe(code);
        (await Should.ThrowAsync<AwsException>(() => Delete([id]))).Code.ShouldBe(code);
        (await Describe()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_resource_keeps_at_most_50_tags()
    {
        await Create([_world.DefaultVpc.Id], [.. Enumerable.Range(0, 50).Select(number => ($"k{number}", (string?)""))]);
        (await Should.ThrowAsync<AwsException>(() => Create([_world.DefaultVpc.Id], ("more", "")))).Code.ShouldBe("TagLimitExceeded");
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        var request = new CreateTagsRequest { Resources = [_world.DefaultVpc.Id], Tags = [new Tag { Key = "a" }], DryRun = true };
        (await Should.ThrowAsync<AwsException>(() => _world.AskAsync(Ec2Api.CreateTags, request, Ec2World.CallOf(dryRun: true)))).Code.ShouldBe("DryRunOperation");
        (await Describe()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        (await Should.ThrowAsync<AwsException>(() => _world.AskAsync(Ec2Api.CreateTags, new() { Tags = [new Tag { Key = "a" }] }))).Code.ShouldBe("MissingParameter");
        (await Should.ThrowAsync<AwsException>(() => _world.AskAsync(Ec2Api.CreateTags, new() { Resources = [_world.DefaultVpc.Id] }))).Code.ShouldBe("MissingParameter");
    }

    private Task<CreateTagsResult> Create(string[] ids, params (string Key, string? Value)[] tags) => _world.AskAsync(Ec2Api.CreateTags, new() { Resources = ids, Tags = Tags(tags) });

    private Task<DeleteTagsResult> Delete(string[] ids, params (string Key, string? Value)[] tags) => _world.AskAsync(Ec2Api.DeleteTags, new() { Resources = ids, Tags = Tags(tags) });

    private async Task<List<(string Id, string Type, string Key, string Value)>> Describe(params (string Name, string Value)[] filters)
    {
        var result = await _world.AskAsync(Ec2Api.DescribeTags, new() { Filters = [.. filters.Select(filter => new Filter { Name = filter.Name, Values = [filter.Value] })] });
        return [.. result.Tags!.Select(tag => (tag.ResourceId!, tag.ResourceType!, tag.Key!, tag.Value!))];
    }

    private static Tag[] Tags((string Key, string? Value)[] tags) => [.. tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })];
}
