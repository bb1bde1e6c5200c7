using Nines.Api.Ec2;
using Nines.Control.Hosts;
using Nines.Host.Api;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.DhcpOptionSets;

public sealed class DhcpOptionsOperationsTests : IAsyncLifetime
{
    private Ec2World _world = null!;

    public async ValueTask InitializeAsync() => _world = await Ec2World.OpenAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Guests_are_told_the_options_that_their_VPC_has()
    {
        Told().ShouldSatisfyAllConditions(
            told => told.DomainName.ShouldBe("ec2.internal"),
            told => told.NameServers.ShouldBe([DhcpOptionsSpec.OwnNameServer]));
        var id = await CreateAsync(("domain-name", ["corp.example"]), ("domain-name-servers", ["10.0.0.2", "AmazonProvidedDNS"]), ("ntp-servers", ["10.0.0.3"]), ("netbios-node-type", ["2"]));
        await AssociateAsync(id);
        Told().ShouldSatisfyAllConditions(
            told => told.DomainName.ShouldBe("corp.example"),
            told => told.NameServers.ShouldBe(["10.0.0.2", "AmazonProvidedDNS"]),
            told => told.TimeServers.ShouldBe(["10.0.0.3"]),
            told => told.NetbiosNodeType.ShouldBe(2));
        await AssociateAsync("default");
        Told().ShouldSatisfyAllConditions(told => told.DomainName.ShouldBeNull(), told => told.NameServers.ShouldBeEmpty());
    }

    [Fact]
    public async Task A_set_that_a_VPC_has_stays()
    {
        var id = await CreateAsync(("domain-name", ["corp.example"]));
        await AssociateAsync(id);
        (await RefusalOf(() => DeleteAsync(id))).ShouldBe("DependencyViolation");
        await AssociateAsync("default");
        await DeleteAsync(id);
        (await RefusalOf(() => DeleteAsync(id))).ShouldBe("InvalidDhcpOptionID.NotFound");
        (await RefusalOf(() => AssociateAsync(id))).ShouldBe("InvalidDhcpOptionID.NotFound");
    }

    [Theory]
    [InlineData("domain-name", "a b")]
    [InlineData("domain-name", "x\nserver=192.0.2.1")]
    [InlineData("domain-name-servers", "ns.example")]
    [InlineData("ntp-servers", "AmazonProvidedDNS")]
    [InlineData("netbios-node-type", "3")]
    [InlineData("router", "10.0.0.1")]
    public async Task What_cannot_be_told_is_refused(string key, string value) =>
        (await RefusalOf(() => CreateAsync((key, [value])))).ShouldBe("InvalidParameterValue");

    [Fact]
    public async Task A_set_is_described_with_its_values()
    {
        var id = await CreateAsync(("domain-name-servers", ["10.0.0.2", "10.0.0.3"]));
        var set = (await _world.AskAsync(Ec2Api.DescribeDhcpOptions, new DescribeDhcpOptionsRequest { DhcpOptionsIds = [id] })).DhcpOptions!.ShouldHaveSingleItem();
        var option = set.DhcpConfigurations.ShouldHaveSingleItem();
        (option.Key, string.Join(' ', option.Values!.Select(value => value.Value))).ShouldBe(("domain-name-servers", "10.0.0.2 10.0.0.3"));
    }

    private DhcpOptionsSpec Told() => VpcRenderer.Render(_world.Cloud, _world.DefaultVpc.Id, [], [], new SecurityGroupSpecs(_world.Cloud), _world.Zones)!.DhcpOptions!;

    private async Task<string> CreateAsync(params (string Key, string[] Values)[] options) =>
        (await _world.AskAsync(Ec2Api.CreateDhcpOptions, new CreateDhcpOptionsRequest
        {
            DhcpConfigurations = [.. options.Select(option => new NewDhcpConfiguration { Key = option.Key, Values = option.Values })],
        })).DhcpOptions!.DhcpOptionsId!;

    private Task AssociateAsync(string id) =>
        _world.AskAsync(Ec2Api.AssociateDhcpOptions, new AssociateDhcpOptionsRequest { DhcpOptionsId = id, VpcId = _world.DefaultVpc.Id });

    private Task DeleteAsync(string id) => _world.AskAsync(Ec2Api.DeleteDhcpOptions, new DeleteDhcpOptionsRequest { DhcpOptionsId = id });

    private static async Task<string> RefusalOf(Func<Task> call) => (await Should.ThrowAsync<AwsException>(call)).Code;
}
