using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Hosts;
using Nines.Control.Store;
using Nines.Host.Api;
using Nines.Wire;
using PrefixList = Nines.Control.Services.Ec2.PrefixLists.PrefixList;
using PrefixListEntry = Nines.Control.Services.Ec2.PrefixLists.PrefixListEntry;

namespace Nines.Control.Tests.Services.Ec2.PrefixLists;

public sealed class PrefixListOperationsTests : IAsyncLifetime
{
    private Ec2World _world = null!;
    private string _id = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await Ec2World.OpenAsync();
        _id = (await CreateAsync("10.1.0.0/16", "10.2.3.4/16")).PrefixListId!;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_list_changes_by_version()
    {
        (await EntriesAsync()).ShouldBe(["10.1.0.0/16", "10.2.0.0/16"]);
        var changed = await ModifyAsync(new() { CurrentVersion = 1, AddEntries = [new() { Cidr = "10.3.0.0/16" }], RemoveEntries = [new() { Cidr = "10.1.0.0/16" }] });
        changed.Version.ShouldBe(2);
        (await EntriesAsync()).ShouldBe(["10.2.0.0/16", "10.3.0.0/16"]);
        (await RefusalOf(() => ModifyAsync(new() { CurrentVersion = 1, AddEntries = [new() { Cidr = "10.4.0.0/16" }] }))).ShouldBe("PrefixListVersionMismatch");
        (await RefusalOf(() => ModifyAsync(new() { AddEntries = [new() { Cidr = "10.4.0.0/16" }] }))).ShouldBe("MissingParameter");
        (await RefusalOf(() => ModifyAsync(new() { CurrentVersion = 2, RemoveEntries = [new() { Cidr = "10.9.0.0/16" }] }))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => ModifyAsync(new() { CurrentVersion = 2, AddEntries = [new() { Cidr = "10.4.0.0/16" }, new() { Cidr = "10.5.0.0/16" }] }))).ShouldBe("PrefixListMaxEntriesExceeded");
    }

    [Fact]
    public async Task An_earlier_version_is_told_and_comes_back_as_a_new_one()
    {
        await ModifyAsync(new() { CurrentVersion = 1, RemoveEntries = [new() { Cidr = "10.1.0.0/16" }] });
        (await EntriesAsync(1)).ShouldBe(["10.1.0.0/16", "10.2.0.0/16"]);
        (await RefusalOf(() => EntriesAsync(3))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => RestoreAsync(1, 1))).ShouldBe("PrefixListVersionMismatch");
        (await RefusalOf(() => RestoreAsync(2, 2))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => RestoreAsync(7, 2))).ShouldBe("InvalidParameterValue");
        (await RestoreAsync(1, 2)).Version.ShouldBe(3);
        (await EntriesAsync()).ShouldBe(["10.1.0.0/16", "10.2.0.0/16"]);
        (await EntriesAsync(2)).ShouldBe(["10.2.0.0/16"]);
        var list = _world.Cloud.Find(Nines.Control.Services.Ec2.PrefixLists.PrefixList.Table, Ec2World.Account, _id)!;
        for (var change = 0; change < 120; change++)
        {
            list = list.With([]);
        }

        list.Earlier.Length.ShouldBe(100);
        list.EntriesOf(22).ShouldBeNull();
        list.EntriesOf(23).ShouldNotBeNull();
    }

    [Fact]
    public void As_many_earlier_versions_are_kept_as_the_store_has_room_for()
    {
        var list = _world.Cloud.Find(PrefixList.Table, Ec2World.Account, _id)!;
        ImmutableArray<PrefixListEntry> many = [.. Enumerable.Range(0, 1000).Select(number => new PrefixListEntry($"10.{number / 250}.{number % 250}.0/24", new string('x', 255)))];

        for (var change = 0; change < 10; change++)
        {
            list = list.With(many);
        }

        PrefixList.Table.Encode(list).Length.ShouldBeLessThan(StoreLimits.MaxValueBytes);
        list.EntriesOf(list.Version - 1).ShouldBe(many);
        list.EntriesOf(list.Version - 9).ShouldBeNull();
        list.With([]).With([]).Earlier.Length.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task Entries_that_no_record_holds_are_refused()
    {
        (await RefusalOf(() => ModifyAsync(new() { CurrentVersion = 1, AddEntries = [new() { Cidr = "10.3.0.0/16", Description = new string('x', 256) }] }))).ShouldBe("InvalidParameterValue");
        var list = _world.Cloud.Find(PrefixList.Table, Ec2World.Account, _id)!;
        Should.Throw<AwsException>(() => list.With([.. Enumerable.Range(0, 1000).Select(number => new PrefixListEntry($"10.{number / 250}.{number % 250}.0/24", new string('é', 255)))]))
            .Code.ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task A_rule_that_names_a_list_is_one_for_each_of_its_blocks()
    {
        var group = _world.DefaultVpc.DefaultSecurityGroupId;
        await _world.AskAsync(Ec2Api.AuthorizeSecurityGroupIngress, new AuthorizeSecurityGroupIngressRequest
        {
            GroupId = group,
            IpPermissions = [new IpPermission { IpProtocol = "tcp", FromPort = 22, ToPort = 22, PrefixListIds = [new PrefixListId { PrefixListIdValue = _id }] }],
        });
        Told(group).ShouldBe([new(-1, -1, -1, null, group), new(6, 22, 22, "10.1.0.0/16", null), new(6, 22, 22, "10.2.0.0/16", null)]);
        (await RefusalOf(() => _world.AskAsync(Ec2Api.DeleteManagedPrefixList, new DeleteManagedPrefixListRequest { PrefixListId = _id }))).ShouldBe("DependencyViolation");
        (await _world.AskAsync(Ec2Api.GetManagedPrefixListAssociations, new GetManagedPrefixListAssociationsRequest { PrefixListId = _id }))
            .PrefixListAssociations.ShouldHaveSingleItem().ResourceId.ShouldBe(group);
    }

    [Fact]
    public async Task A_list_that_nothing_names_goes()
    {
        await _world.AskAsync(Ec2Api.DeleteManagedPrefixList, new DeleteManagedPrefixListRequest { PrefixListId = _id });
        (await RefusalOf(() => EntriesAsync())).ShouldBe("InvalidPrefixListID.NotFound");
        (await RefusalOf(() => _world.AskAsync(Ec2Api.AuthorizeSecurityGroupIngress, new AuthorizeSecurityGroupIngressRequest
        {
            GroupId = _world.DefaultVpc.DefaultSecurityGroupId,
            IpPermissions = [new IpPermission { IpProtocol = "-1", PrefixListIds = [new PrefixListId { PrefixListIdValue = _id }] }],
        }))).ShouldBe("InvalidPrefixListID.NotFound");
    }

    [Fact]
    public async Task A_list_that_cannot_be_is_refused()
    {
        (await RefusalOf(() => CreateAsync("10.0.0.0/8", "10.0.0.0/8"))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => CreateAsync("x"))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => CreateAsync("10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"))).ShouldBe("PrefixListMaxEntriesExceeded");
    }

    private IEnumerable<SecurityGroupRuleSpec> Told(string group) => new SecurityGroupSpecs(_world.Cloud).For(Ec2World.Account, _world.DefaultVpc.Id, [group])[group].Ingress;

    private async Task<ManagedPrefixList> CreateAsync(params string[] blocks) => (await _world.AskAsync(Ec2Api.CreateManagedPrefixList, new CreateManagedPrefixListRequest
    {
        PrefixListName = "offices",
        AddressFamily = "IPv4",
        MaxEntries = 3,
        Entries = [.. blocks.Select(block => new AddPrefixListEntry { Cidr = block })],
    })).PrefixList!;

    private async Task<ManagedPrefixList> ModifyAsync(ModifyManagedPrefixListRequest input) =>
        (await _world.AskAsync(Ec2Api.ModifyManagedPrefixList, input with { PrefixListId = _id })).PrefixList!;

    private async Task<ManagedPrefixList> RestoreAsync(long previous, long current) => (await _world.AskAsync(
        Ec2Api.RestoreManagedPrefixListVersion, new() { PrefixListId = _id, PreviousVersion = previous, CurrentVersion = current })).PrefixList!;

    private async Task<IEnumerable<string?>> EntriesAsync(long? version = null) =>
        (await _world.AskAsync(Ec2Api.GetManagedPrefixListEntries, new GetManagedPrefixListEntriesRequest { PrefixListId = _id, TargetVersion = version })).Entries!.Select(entry => entry.Cidr);

    private static async Task<string> RefusalOf(Func<Task> call) => (await Should.ThrowAsync<AwsException>(call)).Code;
}
