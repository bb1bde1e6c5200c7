using Nines.Api.Ec2;
using Nines.Control.Tests.Services.Ec2.Instances;

namespace Nines.Control.Tests.Services.Ec2.Images;

public sealed class ImageAttributesTests : IAsyncLifetime
{
    [Fact]
    public async Task Tags_of_what_is_shared_are_its_owners_alone()
    {
        var snapshot = (await _images.SeenAsync(_id))!.BlockDeviceMappings![0].Ebs!.SnapshotId!;
        await _images.CallAsync(Ec2Api.CreateTags, new() { Resources = [_id, snapshot], Tags = [new() { Key = "customer", Value = "secret" }] });
        await ModifyAsync(new() { LaunchPermission = new() { Add = [new() { UserId = ComputeFixture.OtherAccount }] } });
        await _images.CallAsync(Ec2Api.ModifySnapshotAttribute, new() { SnapshotId = snapshot, CreateVolumePermission = new() { Add = [new() { UserId = ComputeFixture.OtherAccount }] } });
        Filter[] tagged = [new() { Name = "tag:customer", Values = ["s*"] }];

        foreach (var (account, isOwner) in ((string, bool)[])[(ComputeFixture.Account, true), (ComputeFixture.OtherAccount, false)])
        {
            (await _images.SeenAsync(_id, account))!.Tags.ShouldBe(isOwner ? [new Tag { Key = "customer", Value = "secret" }] : null);
            (await _images.CallAsync(Ec2Api.DescribeImages, new() { Filters = tagged }, account)).Images!.Count.ShouldBe(isOwner ? 1 : 0);
            var seen = (await _images.CallAsync(Ec2Api.DescribeSnapshots, new() { SnapshotIds = [snapshot] }, account)).Snapshots!.ShouldHaveSingleItem();
            (seen.Tags?.Count).ShouldBe(isOwner ? 1 : null);
            (await _images.CallAsync(Ec2Api.DescribeSnapshots, new() { Filters = tagged }, account)).Snapshots!.Count.ShouldBe(isOwner ? 1 : 0);
        }
    }

    private ImageFixture _images = null!;
    private string _id = "";

    public async ValueTask InitializeAsync()
    {
        _images = await ImageFixture.CreateAsync();
        _id = (await _images.MadeAsync("an image")).Id;
    }

    public ValueTask DisposeAsync() => _images.DisposeAsync();

    [Fact]
    public async Task Launch_permissions_come_and_go_in_either_form()
    {
        await _images.CallAsync(Ec2Api.DisableImageBlockPublicAccess, new());
        await ModifyAsync(new() { LaunchPermission = new() { Add = [new() { Group = "all" }, new() { UserId = ComputeFixture.OtherAccount }] } });
        (await PermissionsAsync()).ShouldBe(["all", ComputeFixture.OtherAccount]);
        (await _images.SeenAsync(_id, ComputeFixture.OtherAccount))!.Public.ShouldBe(true);
        await ModifyAsync(new() { Attribute = "launchPermission", OperationType = "remove", UserGroups = ["all"] });
        (await PermissionsAsync()).ShouldBe([ComputeFixture.OtherAccount]);
        (await _images.SeenAsync(_id, with: request => request with { ExecutableUsers = [ComputeFixture.OtherAccount] })).ShouldNotBeNull();
        (await _images.SeenAsync(_id, with: request => request with { ExecutableUsers = ["all"] })).ShouldBeNull();
        await _images.CallAsync(Ec2Api.ResetImageAttribute, new() { ImageId = _id, Attribute = "launchPermission" });
        (await PermissionsAsync()).ShouldBeEmpty();
        (await _images.SeenAsync(_id, ComputeFixture.OtherAccount)).ShouldBeNull();
    }

    [Fact]
    public async Task Attributes_are_told_one_by_one()
    {
        await ModifyAsync(new() { Description = new() { Value = "new" } });
        (await AttributeAsync("description")).Description!.Value.ShouldBe("new");
        await ModifyAsync(new() { Attribute = "description", Value = "newer" });
        (await _images.SeenAsync(_id))!.Description.ShouldBe("newer");
        await ModifyAsync(new() { ImdsSupport = new() { Value = "v2.0" } });
        (await AttributeAsync("blockDeviceMapping")).BlockDeviceMappings!.Count.ShouldBe(2);
        (await AttributeAsync("sriovNetSupport")).SriovNetSupport!.Value.ShouldBe("simple");
        (await AttributeAsync("imdsSupport")).ImdsSupport!.Value.ShouldBe("v2.0");
        (await AttributeAsync("deregistrationProtection")).DeregistrationProtection!.Value.ShouldBe("disabled");
        foreach (var other in new[] { "bootMode", "kernel", "ramdisk", "productCodes", "tpmSupport", "uefiData", "lastLaunchedTime" })
        {
            (await AttributeAsync(other)).ImageId.ShouldBe(_id);
        }
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_EC2s_words()
    {
        (await RefusedAsync(new() { LaunchPermission = new() { Add = [new() { UserId = "bob" }] } })).ShouldBe("InvalidAMIAttributeItemValue");
        (await RefusedAsync(new() { LaunchPermission = new() { Add = [new() { Group = "friends" }] } })).ShouldBe("InvalidAMIAttributeItemValue");
        (await RefusedAsync(new() { LaunchPermission = new() { Add = [new() { OrganizationArn = "arn:aws:organizations::1:o/o-1" }] } })).ShouldBe("UnsupportedOperation");
        (await RefusedAsync(new() { UserIds = [ComputeFixture.OtherAccount] })).ShouldBe("MissingParameter");
        (await RefusedAsync(new() { UserIds = [ComputeFixture.OtherAccount], OperationType = "swap" })).ShouldBe("InvalidParameterValue");
        (await RefusedAsync(new() { Attribute = "kernel", Value = "aki-1" })).ShouldBe("InvalidParameterValue");
        (await RefusedAsync(new())).ShouldBe("MissingParameter");
        (await RefusedAsync(new() { Description = new() { Value = "x" }, DryRun = true })).ShouldBe("DryRunOperation");
        (await _images.RefusedAsync(Ec2Api.ModifyImageAttribute, new() { ImageId = _id, Description = new() { Value = "x" } }, ComputeFixture.OtherAccount)).ShouldBe("InvalidAMIID.NotFound");
        (await _images.RefusedAsync(Ec2Api.DescribeImageAttribute, new() { ImageId = ComputeFixture.ImageId, Attribute = "description" }, ComputeFixture.OtherAccount)).ShouldBe("AuthFailure");
        (await _images.RefusedAsync(Ec2Api.DescribeImageAttribute, new() { ImageId = _id, Attribute = "colour" })).ShouldBe("InvalidParameterValue");
        (await _images.RefusedAsync(Ec2Api.ResetImageAttribute, new() { ImageId = _id, Attribute = "description" })).ShouldBe("InvalidParameterValue");
    }

    private Task ModifyAsync(ModifyImageAttributeRequest request) => _images.CallAsync(Ec2Api.ModifyImageAttribute, request with { ImageId = _id });

    private Task<string> RefusedAsync(ModifyImageAttributeRequest request) => _images.RefusedAsync(Ec2Api.ModifyImageAttribute, request with { ImageId = _id });

    private Task<DescribeImageAttributeResult> AttributeAsync(string name) => _images.CallAsync(Ec2Api.DescribeImageAttribute, new() { ImageId = _id, Attribute = name });

    private async Task<IEnumerable<string?>> PermissionsAsync() => (await AttributeAsync("launchPermission")).LaunchPermissions!.Select(permission => permission.UserId ?? permission.Group);
}
