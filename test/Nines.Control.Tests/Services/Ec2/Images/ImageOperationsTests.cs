using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Images;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.Images;

public sealed class ImageOperationsTests : IAsyncLifetime
{
    private static readonly ImageFacts Tiny = new()
    {
        Name = "tiny",
        Description = "a small server",
        Digest = new string('a', 64),
        Architecture = "x86_64",
        RootDeviceName = "/dev/xvda",
        RootDiskBytes = 1_500_000_000,
        BuiltAt = new DateTimeOffset(2026, 11, 22, 12, 0, 0, 120, TimeSpan.Zero),
    };

    private static readonly ImageFacts Imported = Tiny with { Name = "mine", Digest = new string('b', 64), BootMode = "uefi", OwnerAccountId = Ec2World.Account };

    private Ec2World _world = null!;

    private ImageCatalog Catalog => new(_world.Cloud);

    public async ValueTask InitializeAsync()
    {
        _world = await Ec2World.OpenAsync();
        await Catalog.RegisterAsync(Tiny, Ec2World.Cancel);
        await Catalog.RegisterAsync(Imported, Ec2World.Cancel);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task An_image_is_described_as_AWS_describes_it()
    {
        var image = (await Describe(new() { Filters = [new Filter { Name = "name", Values = ["tiny"] }] })).Images!.ShouldHaveSingleItem();
        image.ImageId.ShouldBe("ami-aaaaaaaaaaaaaaaaa");
        (image.ImageOwnerAlias, image.OwnerId, image.Public).ShouldBe(("amazon", "137112412989", true));
        (image.State, image.Architecture, image.VirtualizationType, image.EnaSupport, image.BootMode).ShouldBe(("available", "x86_64", "hvm", true, null));
        image.CreationDate.ShouldBe("2026-11-22T12:00:00.120Z");
        var disk = image.BlockDeviceMappings!.ShouldHaveSingleItem();
        disk.DeviceName.ShouldBe("/dev/xvda");
        (disk.Ebs!.SnapshotId, disk.Ebs.VolumeSize, disk.Ebs.DeleteOnTermination).ShouldBe(("snap-aaaaaaaaaaaaaaaaa", 2, true));
    }

    [Theory]
    [InlineData("self", "mine")]
    [InlineData("amazon", "tiny")]
    [InlineData("123456789012", "mine")]
    [InlineData("137112412989", "tiny")]
    [InlineData("aws-marketplace", "")]
    public async Task Images_are_found_by_owner(string owner, string expected) => Names(await Describe(new() { Owners = [owner] })).ShouldBe(expected);

    [Theory]
    [InlineData("owner-alias", "amazon", "tiny")]
    [InlineData("is-public", "false", "mine")]
    [InlineData("boot-mode", "uefi", "mine")]
    [InlineData("architecture", "arm64", "")]
    [InlineData("creation-date", "2026-11-22T*", "mine,tiny")]
    [InlineData("block-device-mapping.volume-size", "2", "mine,tiny")]
    public async Task Filters_narrow_the_answer(string name, string value, string expected) =>
        Names(await Describe(new() { Filters = [new Filter { Name = name, Values = [value] }] })).ShouldBe(expected);

    [Fact]
    public async Task Public_images_are_everybodys_and_imported_ones_their_owners()
    {
        var other = Ec2World.CallOf(Ec2World.OtherAccount);
        Names(await _world.AskAsync(Ec2Api.DescribeImages, new(), other)).ShouldBe("tiny");
        Names(await Describe(new() { ExecutableUsers = ["all"] })).ShouldBe("tiny");
        Names(await Describe(new() { ExecutableUsers = ["self"] })).ShouldBe("");
        (await Should.ThrowAsync<AwsException>(() => _world.AskAsync(Ec2Api.DescribeImages, new() { ImageIds = ["ami-bbbbbbbbbbbbbbbbb"] }, other)))
            .Message.ShouldBe("The image id '[ami-bbbbbbbbbbbbbbbbb]' does not exist");
    }

    [Fact]
    public async Task Ids_that_are_none_are_refused()
    {
        (await Should.ThrowAsync<AwsException>(() => Describe(new() { ImageIds = ["tiny"] }))).Code.ShouldBe("InvalidAMIID.Malformed");
        (await Should.ThrowAsync<AwsException>(() => Describe(new() { ImageIds = ["ami-00000001", "ami-00000002", "ami-aaaaaaaaaaaaaaaaa"] })))
            .Message.ShouldBe("The image ids '[ami-00000001, ami-00000002]' do not exist");
    }

    [Fact]
    public async Task Registering_again_changes_nothing_and_a_new_build_takes_the_name()
    {
        var revision = _world.Cloud.Revision;
        await Catalog.RegisterAsync(Tiny, Ec2World.Cancel);
        _world.Cloud.Revision.ShouldBe(revision);

        (await Catalog.RegisterAsync(Tiny with { Digest = new string('c', 64) }, Ec2World.Cancel)).ShouldBe("ami-ccccccccccccccccc");
        Catalog.Find(Ec2World.Account, "ami-aaaaaaaaaaaaaaaaa").ShouldBeNull();
        Catalog.FindByName(Ec2World.Account, "tiny")!.Id.ShouldBe("ami-ccccccccccccccccc");
    }

    [Fact]
    public async Task An_own_image_goes_before_the_clouds_of_that_name()
    {
        await Catalog.RegisterAsync(Imported with { Name = "tiny", Digest = new string('d', 64) }, Ec2World.Cancel);
        Catalog.FindByName(Ec2World.Account, "tiny")!.Id.ShouldBe("ami-ddddddddddddddddd");
        Catalog.FindByName(Ec2World.OtherAccount, "tiny")!.Id.ShouldBe("ami-aaaaaaaaaaaaaaaaa");
        await Catalog.RetainAsync(new HashSet<string> { Tiny.Digest }, Ec2World.Cancel);
        Catalog.FindByName(Ec2World.Account, "tiny")!.Id.ShouldBe("ami-aaaaaaaaaaaaaaaaa");
    }

    [Fact]
    public async Task The_same_content_has_one_owner()
    {
        await Catalog.RegisterAsync(Imported with { OwnerAccountId = null }, Ec2World.Cancel);
        Names(await Describe(new() { Owners = ["self"] })).ShouldBe("");
        Names(await Describe(new() { Owners = ["amazon"] })).ShouldBe("mine,tiny");
    }

    private static string Names(DescribeImagesResult result) => string.Join(',', result.Images!.Select(image => image.Name).Order(StringComparer.Ordinal));

    private Task<DescribeImagesResult> Describe(DescribeImagesRequest input) => _world.AskAsync(Ec2Api.DescribeImages, input);
}
