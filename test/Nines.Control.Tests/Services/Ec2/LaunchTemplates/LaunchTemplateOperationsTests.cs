using Nines.Api.Ec2;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.LaunchTemplates;

public sealed class LaunchTemplateOperationsTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task Versions_are_made_of_one_another_become_the_default_and_go()
    {
        var made = await CreateAsync("web", new() { ImageId = ComputeFixture.ImageId, InstanceType = "t3.micro", KeyName = ComputeFixture.KeyName });
        made.LatestVersionNumber.ShouldBe(1);
        var second = await VersionAsync("web", "1", new() { InstanceType = "t3.small" });
        second.LaunchTemplateData!.ImageId.ShouldBe(ComputeFixture.ImageId);
        second.LaunchTemplateData.InstanceType.ShouldBe("t3.small");
        (await VersionAsync("web", null, new() { InstanceType = "c5.large" })).LaunchTemplateData!.ImageId.ShouldBeNull();

        (await VersionsAsync(new() { LaunchTemplateName = "web" })).ShouldBe([3, 2, 1]);
        (await VersionsAsync(new() { LaunchTemplateName = "web", MinVersion = "2" })).ShouldBe([3, 2]);
        (await VersionsAsync(new() { LaunchTemplateName = "web", MinVersion = "1", MaxVersion = "2" })).ShouldBe([2, 1]);
        (await VersionsAsync(new() { LaunchTemplateName = "web", Versions = ["$Latest", "$Default"] })).ShouldBe([3, 1]);
        (await VersionsAsync(new() { Versions = ["$Latest"] })).ShouldBe([3]);
        (await VersionsAsync(new() { LaunchTemplateName = "web", Filters = [new() { Name = "instance-type", Values = ["t3.*"] }] })).ShouldBe([2, 1]);

        (await ModifyAsync("web", "2")).DefaultVersionNumber.ShouldBe(2);
        var gone = await _cloud.CallAsync(Ec2Api.DeleteLaunchTemplateVersions, new DeleteLaunchTemplateVersionsRequest { LaunchTemplateName = "web", Versions = ["3", "2", "9"] });
        gone.SuccessfullyDeletedLaunchTemplateVersions!.Select(version => version.VersionNumber).ShouldBe([3]);
        gone.UnsuccessfullyDeletedLaunchTemplateVersions!.Select(version => version.ResponseError!.Code).ShouldBe(["unexpectedError", "launchTemplateVersionDoesNotExist"]);
        (await DescribeAsync(new() { LaunchTemplateNames = ["web"] }))[0].LatestVersionNumber.ShouldBe(2);
        (await VersionAsync("web", "$Latest", new() { EbsOptimized = true })).VersionNumber.ShouldBe(4);
    }

    [Fact]
    public async Task Pages_of_versions_come_newest_first()
    {
        await CreateAsync("web", new() { InstanceType = "t3.micro" });
        for (var number = 2; number <= 12; number++)
        {
            await VersionAsync("web", "$Latest", new() { InstanceType = "t3.small" });
        }

        var seen = new List<long>();
        string? token = null;
        do
        {
            var page = await _cloud.CallAsync(Ec2Api.DescribeLaunchTemplateVersions, new DescribeLaunchTemplateVersionsRequest { LaunchTemplateName = "web", MaxResults = 5, NextToken = token });
            seen.AddRange(page.LaunchTemplateVersions!.Select(version => version.VersionNumber!.Value));
            token = page.NextToken;
        }
        while (token is not null);
        seen.ShouldBe(Enumerable.Range(1, 12).Reverse().Select(number => (long)number));
    }

    [Fact]
    public async Task A_launch_takes_what_it_does_not_say_from_the_version()
    {
        var template = await CreateAsync("web", new()
        {
            ImageId = ComputeFixture.ImageId,
            InstanceType = "t3.small",
            KeyName = ComputeFixture.KeyName,
            UserData = Convert.ToBase64String("#!/bin/sh"u8),
            BlockDeviceMappings = [new() { DeviceName = "/dev/xvda", Ebs = new() { VolumeSize = 5 } }, new() { DeviceName = "/dev/sdf", Ebs = new() { VolumeSize = 1 } }],
            MetadataOptions = new() { HttpTokens = "required", HttpPutResponseHopLimit = 3 },
            TagSpecifications = [new() { ResourceType = "instance", Tags = [new() { Key = "Name", Value = "web" }, new() { Key = "Team", Value = "a" }] }],
            DisableApiTermination = true,
        });
        var launched = (await _cloud.CallAsync(Ec2Api.RunInstances, new RunInstancesRequest
        {
            MinCount = 1,
            MaxCount = 1,
            InstanceType = "t3.micro",
            LaunchTemplate = new() { LaunchTemplateId = template.LaunchTemplateId },
            MetadataOptions = new() { HttpPutResponseHopLimit = 2 },
            BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", Ebs = new() { VolumeSize = 2 } }],
            TagSpecifications = [new() { ResourceType = "instance", Tags = [new() { Key = "Team", Value = "b" }] }],
        })).Instances![0];
        launched.InstanceType.ShouldBe("t3.micro");
        launched.KeyName.ShouldBe(ComputeFixture.KeyName);
        launched.MetadataOptions!.HttpTokens.ShouldBe("required");
        launched.MetadataOptions.HttpPutResponseHopLimit.ShouldBe(2);
        launched.Tags!.Select(tag => $"{tag.Key}={tag.Value}").ShouldBe(
            ["Name=web", "Team=b", $"aws:ec2launchtemplate:id={template.LaunchTemplateId}", "aws:ec2launchtemplate:version=1"], ignoreOrder: true);
        var record = await _cloud.UntilAsync(launched.InstanceId!, Control.Services.Ec2.Instances.InstanceState.Running);
        record.DisableApiTermination.ShouldBeTrue();
        record.UserData!.Value.AsSpan().ToArray().ShouldBe("#!/bin/sh"u8.ToArray());
        (await _cloud.CallAsync(Ec2Api.DescribeVolumes, new DescribeVolumesRequest())).Volumes!.Select(volume => volume.Size).ShouldBe([5, 2], ignoreOrder: true);

        var data = (await _cloud.CallAsync(Ec2Api.GetLaunchTemplateData, new GetLaunchTemplateDataRequest { InstanceId = launched.InstanceId })).LaunchTemplateData!;
        data.TagSpecifications![0].Tags!.Count.ShouldBe(2);
        data.MetadataOptions!.HttpPutResponseHopLimit.ShouldBe(2);
        data.BlockDeviceMappings!.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_default_version_is_launched_and_groups_of_the_request_replace_the_templates()
    {
        await CreateAsync("web", new() { ImageId = ComputeFixture.ImageId, InstanceType = "t3.micro", SecurityGroups = ["nobody"] });
        await VersionAsync("web", "1", new() { SecurityGroups = ["default"], InstanceType = "t3.nano" });
        (await RefusalOf(() => RunAsync(new() { LaunchTemplateName = "web" }))).ShouldBe("InvalidGroup.NotFound");
        (await RunAsync(new() { LaunchTemplateName = "web", Version = "$Latest" })).InstanceType.ShouldBe("t3.nano");
        await ModifyAsync("web", "$Latest");
        (await RunAsync(new() { LaunchTemplateName = "web" })).InstanceType.ShouldBe("t3.nano");
        var group = (await _cloud.CallAsync(Ec2Api.DescribeSecurityGroups, new DescribeSecurityGroupsRequest())).SecurityGroups![0].GroupId!;
        (await RunAsync(new() { LaunchTemplateName = "web", Version = "1" }, group)).SecurityGroups![0].GroupId.ShouldBe(group);
        (await RefusalOf(() => RunAsync(new() { LaunchTemplateName = "web", Version = "7" }))).ShouldBe("InvalidLaunchTemplateId.VersionNotFound");
        (await RefusalOf(() => RunAsync(new() { LaunchTemplateName = "web", Version = "newest" }))).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task What_is_wrong_is_refused_in_EC2s_words()
    {
        await CreateAsync("web", new() { InstanceType = "t3.micro" });
        (await RefusalOf(() => CreateAsync("web", new() { InstanceType = "t3.micro" }))).ShouldBe("InvalidLaunchTemplateName.AlreadyExistsException");
        (await RefusalOf(() => CreateAsync("my web", new() { InstanceType = "t3.micro" }))).ShouldBe("InvalidLaunchTemplateName.MalformedException");
        (await RefusalOf(() => CreateAsync("other", new()))).ShouldBe("MissingParameter");
        (await RefusalOf(() => DescribeAsync(new() { LaunchTemplateIds = ["lt-0123456789abcdef0"] }))).ShouldBe("InvalidLaunchTemplateId.NotFound");
        (await RefusalOf(() => DescribeAsync(new() { LaunchTemplateIds = ["web"] }))).ShouldBe("InvalidLaunchTemplateId.Malformed");
        (await RefusalOf(() => DescribeAsync(new() { LaunchTemplateNames = ["none"] }))).ShouldBe("InvalidLaunchTemplateName.NotFoundException");
        (await RefusalOf(() => ModifyAsync("web", "666"))).ShouldBe("InvalidLaunchTemplateId.VersionNotFound");
        (await RefusalOf(() => VersionsAsync(new()))).ShouldBe("MissingParameter");
        (await RefusalOf(() => VersionsAsync(new() { LaunchTemplateName = "web", Versions = ["1"], MinVersion = "1" }))).ShouldBe("InvalidParameterCombination");
        (await RefusalOf(() => RunAsync(new() { LaunchTemplateName = "web", LaunchTemplateId = "lt-0123456789abcdef0" }))).ShouldBe("InvalidParameterCombination");
        (await RefusalOf(() => RunAsync(new() { LaunchTemplateName = "web" }))).ShouldBe("MissingParameter");
    }

    [Fact]
    public async Task The_same_request_again_makes_nothing_and_a_deleted_name_is_free()
    {
        var request = new CreateLaunchTemplateRequest { LaunchTemplateName = "web", ClientToken = "once", LaunchTemplateData = new() { InstanceType = "t3.micro" } };
        var one = (await _cloud.CallAsync(Ec2Api.CreateLaunchTemplate, request)).LaunchTemplate!;
        (await _cloud.CallAsync(Ec2Api.CreateLaunchTemplate, request)).LaunchTemplate!.LaunchTemplateId.ShouldBe(one.LaunchTemplateId);
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.CreateLaunchTemplate, request with { LaunchTemplateName = "other" }))).ShouldBe("IdempotentParameterMismatch");
        await _cloud.CallAsync(Ec2Api.DeleteLaunchTemplate, new DeleteLaunchTemplateRequest { LaunchTemplateName = "web" });
        (await DescribeAsync(new())).ShouldBeEmpty();
        (await _cloud.CallAsync(Ec2Api.CreateLaunchTemplate, request)).LaunchTemplate!.LaunchTemplateId.ShouldNotBe(one.LaunchTemplateId);
    }

    [Fact]
    public async Task What_a_launch_would_refuse_is_a_warning()
    {
        var made = await _cloud.CallAsync(Ec2Api.CreateLaunchTemplate, new CreateLaunchTemplateRequest { LaunchTemplateName = "gpu", LaunchTemplateData = new() { KernelId = "aki-1" } });
        made.Warning!.Errors![0].Code.ShouldBe("UnsupportedOperation");
        (await _cloud.CallAsync(Ec2Api.CreateLaunchTemplate, new CreateLaunchTemplateRequest { LaunchTemplateName = "web", LaunchTemplateData = new() { InstanceType = "t3.micro" } })).Warning.ShouldBeNull();
    }

    private static async Task<string> RefusalOf(Func<Task> call) => (await call.ShouldThrowAsync<AwsException>()).Code;

    private async Task<LaunchTemplate> CreateAsync(string name, RequestLaunchTemplateData data) =>
        (await _cloud.CallAsync(Ec2Api.CreateLaunchTemplate, new CreateLaunchTemplateRequest { LaunchTemplateName = name, LaunchTemplateData = data })).LaunchTemplate!;

    private async Task<LaunchTemplateVersion> VersionAsync(string name, string? source, RequestLaunchTemplateData data) => (await _cloud.CallAsync(
        Ec2Api.CreateLaunchTemplateVersion,
        new CreateLaunchTemplateVersionRequest { LaunchTemplateName = name, SourceVersion = source, LaunchTemplateData = data })).LaunchTemplateVersion!;

    private async Task<LaunchTemplate> ModifyAsync(string name, string version) => (await _cloud.CallAsync(
        Ec2Api.ModifyLaunchTemplate, new ModifyLaunchTemplateRequest { LaunchTemplateName = name, DefaultVersion = version })).LaunchTemplate!;

    private async Task<IReadOnlyList<LaunchTemplate>> DescribeAsync(DescribeLaunchTemplatesRequest request) =>
        (await _cloud.CallAsync(Ec2Api.DescribeLaunchTemplates, request)).LaunchTemplates!;

    private async Task<IReadOnlyList<long>> VersionsAsync(DescribeLaunchTemplateVersionsRequest request) =>
        [.. (await _cloud.CallAsync(Ec2Api.DescribeLaunchTemplateVersions, request)).LaunchTemplateVersions!.Select(version => version.VersionNumber!.Value)];

    private async Task<Instance> RunAsync(LaunchTemplateSpecification template, string? group = null) => (await _cloud.CallAsync(
        Ec2Api.RunInstances,
        new RunInstancesRequest { MinCount = 1, MaxCount = 1, LaunchTemplate = template, SecurityGroupIds = group is null ? null : [group] })).Instances![0];
}
