using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.FastLaunches;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using Image = Nines.Control.Services.Ec2.Images.Image;

namespace Nines.Control.Tests.Services.Ec2.FastLaunches;

public sealed class FastLaunchOperationsTests
{
    [Fact]
    public async Task An_image_is_enabled_once_a_host_has_it_and_is_told_until_it_is_disabled()
    {
        await using var cloud = await ComputeFixture.CreateAsync();

        var enabling = await cloud.CallAsync(Ec2Api.EnableFastLaunch, new EnableFastLaunchRequest { ImageId = ComputeFixture.ImageId });
        (enabling.ImageId, enabling.ResourceType, enabling.MaxParallelLaunches, enabling.SnapshotConfiguration!.TargetResourceCount, enabling.State, enabling.StateTransitionReason)
            .ShouldBe((ComputeFixture.ImageId, "snapshot", 6, 5, "enabling", "Client.UserInitiated"));
        await UntilAsync(cloud, FastLaunchState.Enabled);
        var told = (await DescribeAsync(cloud, new())).ShouldHaveSingleItem();
        (told.ImageId, told.State, told.OwnerId).ShouldBe((ComputeFixture.ImageId, "enabled", ComputeFixture.Account));

        (await cloud.CallAsync(Ec2Api.DisableFastLaunch, new DisableFastLaunchRequest { ImageId = ComputeFixture.ImageId, Force = true })).State.ShouldBe("disabling");
        await UntilAsync(cloud, FastLaunchState.Disabled);
        (await DescribeAsync(cloud, new())).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_host_it_stays_enabling()
    {
        await using var cloud = await ComputeFixture.CreateAsync(hosts: 0);
        await cloud.CallAsync(
            Ec2Api.EnableFastLaunch,
            new EnableFastLaunchRequest { ImageId = ComputeFixture.ImageId, MaxParallelLaunches = 7, SnapshotConfiguration = new() { TargetResourceCount = 9 } });

        var told = (await DescribeAsync(cloud, new() { ImageIds = [ComputeFixture.ImageId], MaxResults = 0 })).ShouldHaveSingleItem();

        (told.State, told.MaxParallelLaunches, told.SnapshotConfiguration!.TargetResourceCount).ShouldBe(("enabling", 7, 9));
    }

    [Fact]
    public async Task Servers_of_an_image_that_is_disabled_boot()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        (await cloud.RunningAsync()).FastLaunchOwner.ShouldBe(Image.Everybody);

        await cloud.CallAsync(Ec2Api.DisableFastLaunch, new DisableFastLaunchRequest { ImageId = ComputeFixture.ImageId });
        (await cloud.RunningAsync()).FastLaunchOwner.ShouldBeNull();

        await cloud.CallAsync(Ec2Api.EnableFastLaunch, new EnableFastLaunchRequest { ImageId = ComputeFixture.ImageId });
        (await cloud.RunningAsync()).FastLaunchOwner.ShouldBe(Image.Everybody);
    }

    [Fact]
    public async Task Filters_and_pages()
    {
        await using var cloud = await ComputeFixture.CreateAsync(hosts: 0);
        var other = await AddImageAsync(cloud, "ami-0123456789abcdef1", hasGate: true);
        string[] ids = [ComputeFixture.ImageId, other];
        foreach (var id in ids)
        {
            await cloud.CallAsync(Ec2Api.EnableFastLaunch, new EnableFastLaunchRequest { ImageId = id });
        }

        var first = await cloud.CallAsync(Ec2Api.DescribeFastLaunchImages, new DescribeFastLaunchImagesRequest { MaxResults = 1 });
        var second = await cloud.CallAsync(Ec2Api.DescribeFastLaunchImages, new DescribeFastLaunchImagesRequest { MaxResults = 1, NextToken = first.NextToken });
        first.FastLaunchImages!.Concat(second.FastLaunchImages!).Select(item => item.ImageId).ShouldBe(ids);
        second.NextToken.ShouldBeNull();
        (await DescribeAsync(cloud, Filtered("state", "enabled"))).ShouldBeEmpty();
        (await DescribeAsync(cloud, Filtered("state", "enabl*"))).Count.ShouldBe(2);
        (await DescribeAsync(cloud, Filtered("owner-id", ComputeFixture.Account))).Count.ShouldBe(2);
        (await DescribeAsync(cloud, Filtered("resource-type", "snapshot"))).Count.ShouldBe(2);
        (await DescribeAsync(cloud, new() { ImageIds = [other] })).ShouldHaveSingleItem().ImageId.ShouldBe(other);
    }

    [Fact]
    public async Task A_setting_is_forgotten_with_its_image()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        await cloud.CallAsync(Ec2Api.EnableFastLaunch, new EnableFastLaunchRequest { ImageId = ComputeFixture.ImageId });

        await cloud.Cloud.WriteAsync(
            transaction => transaction.Delete(Image.Table, transaction.Find(Image.Table, ComputeFixture.Account, ComputeFixture.ImageId)!), CancellationToken.None);

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await cloud.Cloud.WaitAsync(FastLaunch.Table, ComputeFixture.Account, ComputeFixture.ImageId, setting => setting is null, deadline.Token);
    }

    public static TheoryData<string, object> Refusals => new()
    {
        { "MissingParameter", new EnableFastLaunchRequest() },
        { "InvalidAMIID.Malformed", new EnableFastLaunchRequest { ImageId = "tiny" } },
        { "InvalidAMIID.NotFound", new EnableFastLaunchRequest { ImageId = "ami-00000000000000000" } },
        { "InvalidAMIID.NotFound", new DisableFastLaunchRequest { ImageId = "ami-00000000000000000" } },
        { "InvalidAMIID.NotFound", new DescribeFastLaunchImagesRequest { ImageIds = ["ami-00000000000000000"] } },
        { "InvalidParameterValue", Enable() with { ResourceType = "image" } },
        { "InvalidParameterValue", Enable() with { MaxParallelLaunches = 5 } },
        { "InvalidParameterValue", Enable() with { SnapshotConfiguration = new() { TargetResourceCount = 0 } } },
        { "InvalidLaunchTemplateId.NotFound", Enable() with { LaunchTemplate = new() { LaunchTemplateId = "lt-0123456789abcdef0", Version = "1" } } },
        { "InvalidLaunchTemplateName.NotFoundException", Enable() with { LaunchTemplate = new() { LaunchTemplateName = "web", Version = "1" } } },
        { "InvalidParameterCombination", Enable() with { LaunchTemplate = new() { LaunchTemplateId = "lt-0", LaunchTemplateName = "web", Version = "1" } } },
        { "MissingParameter", Enable() with { LaunchTemplate = new() { LaunchTemplateName = "web" } } },
        { "UnsupportedOperation", Enable() with { ImageId = "ami-0123456789abcdef2" } },
        { "InvalidParameterValue", new DescribeFastLaunchImagesRequest { MaxResults = 201 } },
        { "InvalidParameterValue", Filtered("image-id", "x") },
        { "DryRunOperation", Enable() with { DryRun = true } },
        { "DryRunOperation", new DisableFastLaunchRequest { ImageId = ComputeFixture.ImageId, DryRun = true } },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_cannot_be_is_refused_and_changes_nothing(string code, object request)
    {
        await using var cloud = await ComputeFixture.CreateAsync(hosts: 0);
        await AddImageAsync(cloud, "ami-0123456789abcdef2", hasGate: false);

        var error = await Should.ThrowAsync<AwsException>(async () =>
        {
            _ = request switch
            {
                EnableFastLaunchRequest enable => (object)await cloud.CallAsync(Ec2Api.EnableFastLaunch, enable),
                DisableFastLaunchRequest disable => await cloud.CallAsync(Ec2Api.DisableFastLaunch, disable),
                _ => await cloud.CallAsync(Ec2Api.DescribeFastLaunchImages, (DescribeFastLaunchImagesRequest)request),
            };
        });

        error.Code.ShouldBe(code);
        cloud.Cloud.ListAll(FastLaunch.Table).ShouldBeEmpty();
    }

    private static EnableFastLaunchRequest Enable() => new() { ImageId = ComputeFixture.ImageId };

    private static DescribeFastLaunchImagesRequest Filtered(string name, string value) => new() { Filters = [new() { Name = name, Values = [value] }] };

    private static async Task<IReadOnlyList<DescribeFastLaunchImagesSuccessItem>> DescribeAsync(ComputeFixture cloud, DescribeFastLaunchImagesRequest input) =>
        (await cloud.CallAsync(Ec2Api.DescribeFastLaunchImages, input)).FastLaunchImages!;

    private static async Task UntilAsync(ComputeFixture cloud, FastLaunchState state)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await cloud.Cloud.WaitAsync(FastLaunch.Table, ComputeFixture.Account, ComputeFixture.ImageId, setting => setting?.State == state, deadline.Token);
    }

    private static async Task<string> AddImageAsync(ComputeFixture cloud, string id, bool hasGate)
    {
        var image = cloud.Cloud.Find(Image.Table, ComputeFixture.Account, ComputeFixture.ImageId)!;
        await cloud.Cloud.WriteAsync(
            transaction => transaction.Insert(Image.Table, image with { Id = id, Name = id, Digest = new string('1', 64), HasGate = hasGate }), CancellationToken.None);
        return id;
    }
}
