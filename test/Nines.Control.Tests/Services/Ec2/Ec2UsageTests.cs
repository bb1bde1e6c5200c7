using Nines.Api.Ec2;
using Nines.Control.Admin;
using Nines.Control.Tests.Services.Ec2.Instances;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Tests.Services.Ec2;

public sealed class Ec2UsageTests
{
    [Fact]
    public async Task Servers_are_told_with_their_promise_and_how_they_were_launched()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var kept = await cloud.RunningAsync();
        await cloud.CallAsync(Ec2Api.DisableFastLaunch, new DisableFastLaunchRequest { ImageId = ComputeFixture.ImageId });
        var booted = await cloud.RunningAsync(input => input with { InstanceType = "c5.xlarge" });

        var usage = await cloud.Compute.Usage.TellAsync(new UsageRequest(null, Measure: true), CancellationToken.None);

        usage.Servers.ShouldBe(
            [
                new ServerUsage(kept.Id, "t3.micro", "running", "host-1", 2, 1024) { FastLaunched = true, ProcessorSeconds = 0, OwnBytes = 0, SharedBytes = 0 },
                new ServerUsage(booted.Id, "c5.xlarge", "running", "host-1", 4, 8192) { FastLaunched = false, ProcessorSeconds = 0, OwnBytes = 0, SharedBytes = 0 },
            ],
            ignoreOrder: true);
        var host = usage.Hosts.ShouldHaveSingleItem();
        (host.PromisedVCpus, host.PromisedMemoryMiB, host.CapacityVCpus, host.AvailableBytes).ShouldBe((6, 9216, 64 * 64, 512L << 30));
        host.MeasuredAt.ShouldNotBeNull();
        host.KeptGuests.ShouldBe(1);
    }

    [Fact]
    public async Task A_later_start_boots_and_a_server_that_does_not_run_was_launched_no_way()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var id = (await cloud.RunningAsync()).Id;
        await cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [id] });
        await cloud.UntilAsync(id, InstanceState.Stopped);
        (await OnlyAsync(cloud, id)).ShouldBe(new ServerUsage(id, "t3.micro", "stopped", "host-1", 2, 1024));

        await cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [id] });
        await cloud.UntilAsync(id, InstanceState.Running);
        (await OnlyAsync(cloud, id)).FastLaunched.ShouldBe(false);
    }

    [Fact]
    public async Task Volumes_are_told_with_who_has_them_and_those_of_other_names_are_not()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync();
        var root = instance.VolumeIds.Single();
        var asked = new VolumesRequest([root, "vol-0123456789abcdef0"]);

        var told = (await cloud.Compute.Copies.TellAsync(asked, CancellationToken.None)).Volumes.ShouldHaveSingleItem();
        (told.Id, told.State, told.InstanceId, told.Replication, told.Copies).ShouldBe((root, "in-use", instance.Id, "none", null));

        await cloud.CallAsync(Ec2Api.CreateTags, new CreateTagsRequest { Resources = [root], Tags = [new() { Key = "nines:replication", Value = "asynchronous" }] });
        told = (await cloud.Compute.Copies.TellAsync(new VolumesRequest(null), CancellationToken.None)).Volumes.ShouldHaveSingleItem();
        (told.Replication, told.LagSeconds).ShouldBe(("asynchronous", null));
    }

    [Fact]
    public async Task Without_measuring_the_records_alone_answer()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var id = (await cloud.RunningAsync()).Id;
        await cloud.RunningAsync();

        var usage = await cloud.Compute.Usage.TellAsync(new UsageRequest([id, "i-0123456789abcdef0"], Measure: false), CancellationToken.None);

        usage.Servers.ShouldBe([new ServerUsage(id, "t3.micro", "running", "host-1", 2, 1024) { FastLaunched = true }]);
        usage.Hosts.ShouldBeEmpty();
    }

    private static async Task<ServerUsage> OnlyAsync(ComputeFixture cloud, string id) =>
        (await cloud.Compute.Usage.TellAsync(new UsageRequest([id], Measure: true), CancellationToken.None)).Servers.ShouldHaveSingleItem();
}
