using Nines.Api.Ec2;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;

namespace Nines.Control.Tests.Services.Ec2.Instances;

/// <summary>Instance profiles that come to instances and go.</summary>
public sealed class InstanceProfileTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_profile_comes_is_replaced_and_goes()
    {
        var id = (await _cloud.RunningAsync()).Id;
        var made = (await _cloud.CallAsync(Ec2Api.AssociateIamInstanceProfile, new AssociateIamInstanceProfileRequest { InstanceId = id, IamInstanceProfile = new() { Name = "web" } })).IamInstanceProfileAssociation!;
        (made.State, made.InstanceId, made.IamInstanceProfile!.Arn).ShouldBe(("associating", id, "arn:aws:iam::123456789012:instance-profile/web"));
        (await ListAsync(id)).ShouldHaveSingleItem().State.ShouldBe("associated");
        (await _cloud.DescribeAsync(id)).IamInstanceProfile!.Arn.ShouldBe(made.IamInstanceProfile.Arn);
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.AssociateIamInstanceProfile, new AssociateIamInstanceProfileRequest { InstanceId = id, IamInstanceProfile = new() { Name = "db" } }))).ShouldBe("IncorrectState");
        var replaced = (await _cloud.CallAsync(
            Ec2Api.ReplaceIamInstanceProfileAssociation, new ReplaceIamInstanceProfileAssociationRequest { AssociationId = made.AssociationId, IamInstanceProfile = new() { Name = "db" } })).IamInstanceProfileAssociation!;
        (replaced.AssociationId == made.AssociationId, replaced.IamInstanceProfile!.Arn).ShouldBe((false, "arn:aws:iam::123456789012:instance-profile/db"));
        (await RefusalOf(() => DisassociateAsync(made.AssociationId!))).ShouldBe("InvalidAssociationID.NotFound");
        await DisassociateAsync(replaced.AssociationId!);
        (await ListAsync(id)).ShouldBeEmpty();
        _cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, id)!.InstanceProfileArn.ShouldBeNull();
    }

    [Fact]
    public async Task One_that_the_launch_named_has_an_association_too()
    {
        var id = (await _cloud.RunningAsync(request => request with { IamInstanceProfile = new() { Name = "web" } })).Id;
        var association = (await ListAsync(id)).ShouldHaveSingleItem();
        (await _cloud.CallAsync(
            Ec2Api.DescribeIamInstanceProfileAssociations,
            new DescribeIamInstanceProfileAssociationsRequest { AssociationIds = [association.AssociationId!] })).IamInstanceProfileAssociations!.ShouldHaveSingleItem().InstanceId.ShouldBe(id);
        (await RefusalOf(() => _cloud.CallAsync(
            Ec2Api.DescribeIamInstanceProfileAssociations, new DescribeIamInstanceProfileAssociationsRequest { AssociationIds = ["iip-assoc-0"] }))).ShouldBe("InvalidAssociationID.NotFound");
        await DisassociateAsync(association.AssociationId!);
        (await _cloud.DescribeAsync(id)).IamInstanceProfile.ShouldBeNull();
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.AssociateIamInstanceProfile, new AssociateIamInstanceProfileRequest { InstanceId = id }))).ShouldBe("MissingParameter");
    }

    private static async Task<string> RefusalOf(Func<Task> call) => (await call.ShouldThrowAsync<AwsException>()).Code;

    private Task DisassociateAsync(string id) => _cloud.CallAsync(Ec2Api.DisassociateIamInstanceProfile, new DisassociateIamInstanceProfileRequest { AssociationId = id });

    private async Task<IReadOnlyList<IamInstanceProfileAssociation>> ListAsync(string id) => (await _cloud.CallAsync(
        Ec2Api.DescribeIamInstanceProfileAssociations,
        new DescribeIamInstanceProfileAssociationsRequest { Filters = [new() { Name = "instance-id", Values = [id] }] })).IamInstanceProfileAssociations!;
}
