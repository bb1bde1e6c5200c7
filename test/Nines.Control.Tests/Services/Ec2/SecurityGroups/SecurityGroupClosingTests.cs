using Nines.Api.Ec2;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using SecurityGroup = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroup;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;

namespace Nines.Control.Tests.Services.Ec2.SecurityGroups;

/// <summary>A group is deleted at the same time as somebody takes it: one of the two is refused.</summary>
public sealed class SecurityGroupClosingTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;
    private string _group = null!;
    private string _adapter = null!;
    private string _instance = null!;

    /// <summary>Each way to take a group, before each commit of its deletion.</summary>
    public static TheoryData<string, int> Takers
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var taker in (string[])["launch", "launch by name", "new interface", "interface", "instance", "rule"])
            {
                data.Add(taker, 0);
                data.Add(taker, 1);
            }

            return data;
        }
    }

    public async ValueTask InitializeAsync()
    {
        _cloud = await ComputeFixture.CreateAsync();
        _group = (await _cloud.CallAsync(Ec2Api.CreateSecurityGroup, new CreateSecurityGroupRequest { GroupName = "web", Description = "web" })).GroupId!;
        _adapter = (await NewInterfaceAsync()).NetworkInterfaceId!;
        _instance = (await _cloud.RunningAsync()).Id;
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Theory]
    [MemberData(nameof(Takers))]
    public async Task A_group_is_taken_or_deleted_but_not_both(string taker, int commit)
    {
        string? refusal = null;
        var acted = _cloud.Store.Before(SecurityGroup.Table, ComputeFixture.Account, _group, commit, async () => refusal = await RefusalOf(() => TakeAsync(taker)));

        var deletion = await RefusalOf(() => _cloud.CallAsync(Ec2Api.DeleteSecurityGroup, new DeleteSecurityGroupRequest { GroupId = _group }));

        acted().ShouldBeTrue();
        (refusal, deletion).ShouldBeOneOf((null, "DependencyViolation"), ("InvalidGroup.NotFound", null));
        (_cloud.Cloud.Find(SecurityGroup.Table, ComputeFixture.Account, _group) is null).ShouldBe(deletion is null);
        _cloud.Cloud.CountBy(NetworkInterface.BySecurityGroup, _group).ShouldBe(deletion is null || taker == "rule" ? 0 : 1);
        if (deletion is not null)
        {
            _cloud.Cloud.Find(SecurityGroup.Table, ComputeFixture.Account, _group)!.IsClosing.ShouldBeFalse("it may be taken again");
        }
    }

    private async Task TakeAsync(string taker) => await (taker switch
    {
        "launch" => _cloud.RunAsync(input => input with { SecurityGroupIds = [_group] }),
        "launch by name" => _cloud.RunAsync(input => input with { SecurityGroups = ["web"] }),
        "new interface" => NewInterfaceAsync(_group),
        "interface" => _cloud.CallAsync(Ec2Api.ModifyNetworkInterfaceAttribute, new ModifyNetworkInterfaceAttributeRequest { NetworkInterfaceId = _adapter, Groups = [_group] }),
        "instance" => _cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, new ModifyInstanceAttributeRequest { InstanceId = _instance, Groups = [_group] }),
        _ => (Task)_cloud.CallAsync(Ec2Api.AuthorizeSecurityGroupIngress, new AuthorizeSecurityGroupIngressRequest
        {
            GroupName = "default", IpPermissions = [new() { IpProtocol = "-1", UserIdGroupPairs = [new() { GroupId = _group }] }],
        }),
    });

    private async Task<Api.Ec2.NetworkInterface> NewInterfaceAsync(params string[] groups) => (await _cloud.CallAsync(
        Ec2Api.CreateNetworkInterface,
        new CreateNetworkInterfaceRequest { SubnetId = _cloud.Cloud.List(Subnet.Table, ComputeFixture.Account).First().Id, Groups = groups.Length == 0 ? null : groups })).NetworkInterface!;

    private static async Task<string?> RefusalOf(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (AwsException e)
        {
            return e.Code;
        }
    }
}
