using Nines.Api.Ec2;
using Nines.Control.Tests.Services.Ec2.Images;
using Nines.Control.Tests.Services.Ec2.Instances;

namespace Nines.Control.Tests.Services.Ec2.PublicAccess;

public sealed class PublicAccessTests : IAsyncLifetime
{
    private ImageFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ImageFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_new_account_gives_no_image_to_everybody_until_it_says_so()
    {
        var image = (await _cloud.MadeAsync("mine")).Id;
        (await StateOfImagesAsync()).ShouldBe("block-new-sharing");
        (await _cloud.RefusedAsync(Ec2Api.ModifyImageAttribute, ForAll(image))).ShouldBe("OperationNotPermitted");
        await _cloud.CallAsync(Ec2Api.ModifyImageAttribute, new() { ImageId = image, LaunchPermission = new() { Add = [new() { UserId = ComputeFixture.OtherAccount }] } });

        await _cloud.CallAsync(Ec2Api.DisableImageBlockPublicAccess, new());
        (await StateOfImagesAsync()).ShouldBe("unblocked");
        await _cloud.CallAsync(Ec2Api.ModifyImageAttribute, ForAll(image));

        await _cloud.CallAsync(Ec2Api.EnableImageBlockPublicAccess, new() { ImageBlockPublicAccessState = "block-new-sharing" });
        (await _cloud.SeenAsync(image))!.Public.ShouldBe(true, "what is shared stays so");
        (await _cloud.RefusedAsync(Ec2Api.EnableImageBlockPublicAccess, new() { ImageBlockPublicAccessState = "block-all-sharing" })).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task Snapshots_are_hidden_or_only_not_shared_any_more()
    {
        var instance = await _cloud.Compute.RunningAsync();
        var id = (await _cloud.CallAsync(Ec2Api.CreateSnapshot, new() { VolumeId = instance.VolumeIds[0] })).SnapshotId!;
        await _cloud.CallAsync(Ec2Api.ModifySnapshotAttribute, ForAllSnapshot(id));
        (await SeenByOthersAsync()).ShouldBe([id]);

        await _cloud.CallAsync(Ec2Api.EnableSnapshotBlockPublicAccess, new() { State = "block-new-sharing" });
        (await SeenByOthersAsync()).ShouldBe([id]);
        (await _cloud.RefusedAsync(Ec2Api.ModifySnapshotAttribute, ForAllSnapshot(id))).ShouldBe("OperationNotPermitted");

        await _cloud.CallAsync(Ec2Api.EnableSnapshotBlockPublicAccess, new() { State = "block-all-sharing" });
        (await SeenByOthersAsync()).ShouldBeEmpty();

        await _cloud.CallAsync(Ec2Api.DisableSnapshotBlockPublicAccess, new());
        (await _cloud.CallAsync(Ec2Api.GetSnapshotBlockPublicAccessState, new())).State.ShouldBe("unblocked");
        (await SeenByOthersAsync()).ShouldBe([id]);
    }

    private async Task<string?> StateOfImagesAsync() => (await _cloud.CallAsync(Ec2Api.GetImageBlockPublicAccessState, new())).ImageBlockPublicAccessState;

    /// <summary>The snapshots of volumes that another account sees; the stored image's is everybody's.</summary>
    private async Task<IEnumerable<string?>> SeenByOthersAsync() =>
        (await _cloud.CallAsync(Ec2Api.DescribeSnapshots, new() { OwnerIds = [ComputeFixture.Account] }, ComputeFixture.OtherAccount)).Snapshots!
            .Where(snapshot => _cloud.FindSnapshot(snapshot.SnapshotId!) is not null).Select(snapshot => snapshot.SnapshotId);

    private static ModifyImageAttributeRequest ForAll(string id) => new() { ImageId = id, LaunchPermission = new() { Add = [new() { Group = "all" }] } };

    private static ModifySnapshotAttributeRequest ForAllSnapshot(string id) => new() { SnapshotId = id, CreateVolumePermission = new() { Add = [new() { Group = "all" }] } };
}
