using Nines.Api.Ec2;
using Nines.Control.Tests.Services.Ec2.Instances;
using Image = Nines.Control.Services.Ec2.Images.Image;

namespace Nines.Control.Tests.Services.Ec2.Images;

public sealed class ImageAvailabilityTests : IAsyncLifetime
{
    private ImageFixture _images = null!;
    private string _id = "";

    public async ValueTask InitializeAsync()
    {
        _images = await ImageFixture.CreateAsync();
        _id = (await _images.MadeAsync("an image")).Id;
        await _images.CallAsync(Ec2Api.DisableImageBlockPublicAccess, new());
        await _images.CallAsync(Ec2Api.ModifyImageAttribute, new() { ImageId = _id, LaunchPermission = new() { Add = [new() { Group = "all" }] } });
    }

    public ValueTask DisposeAsync() => _images.DisposeAsync();

    [Fact]
    public async Task An_image_that_is_put_away_is_launched_by_nobody_and_seen_by_its_owner_who_asks()
    {
        (await _images.CallAsync(Ec2Api.DisableImage, new() { ImageId = _id })).Return.ShouldBe(true);

        (await _images.SeenAsync(_id)).ShouldBeNull();
        (await _images.SeenAsync(_id, with: request => request with { IncludeDisabled = true }))!.State.ShouldBe("disabled");
        (await _images.CallAsync(Ec2Api.DescribeImages, new() { ImageIds = [_id] })).Images!.Single().Public.ShouldBe(false, "its permissions are forgotten");
        (await _images.RefusedAsync(Ec2Api.DescribeImages, new() { ImageIds = [_id] }, ComputeFixture.OtherAccount)).ShouldBe("InvalidAMIID.NotFound");
        (await _images.RefusedAsync(Ec2Api.RunInstances, new() { ImageId = _id, MinCount = 1, MaxCount = 1 })).ShouldBe("InvalidAMIID.Unavailable");
        (await _images.RefusedAsync(Ec2Api.CopyImage, new() { SourceImageId = _id, SourceRegion = "us-east-1", Name = "a copy" })).ShouldBe("InvalidAMIID.Unavailable");
        (await _images.RefusedAsync(Ec2Api.ModifyImageAttribute, new() { ImageId = _id, LaunchPermission = new() { Add = [new() { Group = "all" }] } })).ShouldBe("InvalidAMIID.Unavailable");
        (await _images.CallAsync(Ec2Api.EnableImage, new() { ImageId = _id })).Return.ShouldBe(true);
        (await _images.SeenAsync(_id))!.State.ShouldBe("available");
        (await _images.SeenAsync(_id, ComputeFixture.OtherAccount)).ShouldBeNull();
    }

    [Fact]
    public async Task A_superseded_image_is_left_out_of_others_lists_but_launched_as_before()
    {
        var at = DateTimeOffset.UtcNow.AddMinutes(10);
        await _images.CallAsync(Ec2Api.EnableImageDeprecation, new() { ImageId = _id, DeprecateAt = at });
        (await _images.SeenAsync(_id, ComputeFixture.OtherAccount))!.DeprecationTime.ShouldEndWith(":00.000Z");

        await PutAsync(image => image with { DeprecationTime = DateTimeOffset.UtcNow.AddMinutes(-1) });

        (await _images.SeenAsync(_id, ComputeFixture.OtherAccount)).ShouldBeNull();
        (await _images.SeenAsync(_id, ComputeFixture.OtherAccount, request => request with { IncludeDeprecated = true })).ShouldNotBeNull();
        (await _images.CallAsync(Ec2Api.DescribeImages, new() { ImageIds = [_id] }, ComputeFixture.OtherAccount)).Images!.Count.ShouldBe(1);
        (await _images.SeenAsync(_id)).ShouldNotBeNull();
        (await _images.Compute.RunningAsync(input => input with { ImageId = _id })).ImageId.ShouldBe(_id);
        await _images.CallAsync(Ec2Api.DisableImageDeprecation, new() { ImageId = _id });
        (await _images.SeenAsync(_id, ComputeFixture.OtherAccount))!.DeprecationTime.ShouldBeNull();
        (await _images.RefusedAsync(Ec2Api.EnableImageDeprecation, new() { ImageId = _id, DeprecateAt = at.AddDays(-1) })).ShouldBe("InvalidParameterValue");
        (await _images.RefusedAsync(Ec2Api.EnableImageDeprecation, new() { ImageId = _id, DeprecateAt = at.AddYears(11) })).ShouldBe("InvalidParameterValue");
        (await _images.RefusedAsync(Ec2Api.EnableImageDeprecation, new() { ImageId = _id })).ShouldBe("MissingParameter");
    }

    [Fact]
    public async Task A_protected_image_is_not_deregistered_before_its_cooldown_is_over()
    {
        (await _images.CallAsync(Ec2Api.EnableImageDeregistrationProtection, new() { ImageId = _id, WithCooldown = true })).Return.ShouldBe("enabled-with-cooldown");
        (await _images.SeenAsync(_id))!.DeregistrationProtection.ShouldBe("enabled-with-cooldown");
        (await DeregisterRefusedAsync()).ShouldBe("OperationNotPermitted");
        (await _images.CallAsync(Ec2Api.DisableImageDeregistrationProtection, new() { ImageId = _id })).Return.ShouldBe("disabled");
        (await DeregisterRefusedAsync()).ShouldBe("OperationNotPermitted", "it cools down");
        await PutAsync(image => image with { ProtectedUntil = DateTimeOffset.UtcNow.AddSeconds(-1) });
        (await _images.CallAsync(Ec2Api.EnableImageDeregistrationProtection, new() { ImageId = _id })).Return.ShouldBe("enabled-without-cooldown");
        (await DeregisterRefusedAsync()).ShouldBe("OperationNotPermitted");
        await _images.CallAsync(Ec2Api.DisableImageDeregistrationProtection, new() { ImageId = _id });
        (await _images.CallAsync(Ec2Api.DeregisterImage, new() { ImageId = _id })).Return.ShouldBe(true);
    }

    [Fact]
    public async Task What_is_not_ones_own_is_not_changed()
    {
        foreach (var change in new Func<string, Task<string>>[]
        {
            account => _images.RefusedAsync(Ec2Api.DisableImage, new() { ImageId = _id }, account),
            account => _images.RefusedAsync(Ec2Api.EnableImage, new() { ImageId = _id }, account),
            account => _images.RefusedAsync(Ec2Api.DisableImageDeprecation, new() { ImageId = _id }, account),
            account => _images.RefusedAsync(Ec2Api.EnableImageDeregistrationProtection, new() { ImageId = _id }, account),
            account => _images.RefusedAsync(Ec2Api.DisableImageDeregistrationProtection, new() { ImageId = _id }, account),
        })
        {
            (await change(ComputeFixture.OtherAccount)).ShouldBe("AuthFailure");
        }

        (await _images.RefusedAsync(Ec2Api.DisableImage, new() { ImageId = _id, DryRun = true })).ShouldBe("DryRunOperation");
    }

    private Task<string> DeregisterRefusedAsync() => _images.RefusedAsync(Ec2Api.DeregisterImage, new() { ImageId = _id });

    private Task PutAsync(Func<Image, Image> change) => _images.Compute.Cloud.WriteAsync(
        transaction => transaction.Put(Image.Table, change(transaction.Find(Image.Table, ComputeFixture.Account, _id)!)), CancellationToken.None);
}
