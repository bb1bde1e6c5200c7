using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Instances;
using Nines.Wire;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using PrivateAddress = Nines.Control.Services.Ec2.Addresses.PrivateAddress;
using PublicAddress = Nines.Control.Services.Ec2.Addresses.PublicAddress;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;

namespace Nines.Control.Tests.Services.Ec2.Instances;

public class InstanceLifecycleTests
{
    [Fact]
    public async Task A_launch_is_answered_pending_and_becomes_a_running_server()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var launched = await cloud.RunAsync(input => input with { KeyName = ComputeFixture.KeyName });

        launched.Instances![0].State!.ShouldBe(new Api.Ec2.InstanceState { Code = 0, Name = "pending" });
        var id = launched.Instances[0].InstanceId!;
        await cloud.UntilAsync(id, InstanceState.Running);
        var running = await cloud.DescribeAsync(id);
        running.State!.Name.ShouldBe("running");
        running.KeyName.ShouldBe(ComputeFixture.KeyName);
        running.PrivateIpAddress.ShouldStartWith("172.31.");
        running.PublicIpAddress.ShouldStartWith("198.18.");
        running.PrivateDnsName.ShouldBe($"ip-{running.PrivateIpAddress!.Replace('.', '-')}.ec2.internal");
        running.BlockDeviceMappings![0].DeviceName.ShouldBe("/dev/xvda");
        running.NetworkInterfaces![0].Groups![0].GroupName.ShouldBe("default");
        running.StateReason.ShouldBeNull();
    }

    [Fact]
    public async Task A_stop_gives_the_public_address_back_and_a_start_takes_a_new_one_with_the_same_private_one()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync();
        var before = await cloud.DescribeAsync(instance.Id);

        var stopping = await cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id] });
        stopping.StoppingInstances![0].CurrentState!.Name.ShouldBe("stopping");
        stopping.StoppingInstances[0].PreviousState!.Name.ShouldBe("running");
        await cloud.UntilAsync(instance.Id, InstanceState.Stopped);
        var stopped = await cloud.DescribeAsync(instance.Id);
        stopped.PublicIpAddress.ShouldBeNull();
        stopped.PrivateIpAddress.ShouldBe(before.PrivateIpAddress);
        stopped.StateReason!.Code.ShouldBe("Client.UserInitiatedShutdown");
        stopped.StateTransitionReason.ShouldStartWith("User initiated (");

        await cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [instance.Id] });
        await cloud.UntilAsync(instance.Id, InstanceState.Running);
        var again = await cloud.DescribeAsync(instance.Id);
        again.PublicIpAddress.ShouldNotBeNull().ShouldNotBe(before.PublicIpAddress);
        again.PrivateIpAddress.ShouldBe(before.PrivateIpAddress);
        again.BlockDeviceMappings![0].Ebs!.VolumeId.ShouldBe(before.BlockDeviceMappings![0].Ebs!.VolumeId);
    }

    [Fact]
    public async Task A_stopped_server_is_scaled_up_and_keeps_disk_and_address()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync(input => input with { InstanceType = "t2.micro" });
        var change = new ModifyInstanceAttributeRequest { InstanceId = instance.Id, InstanceType = new AttributeValue { Value = "c5.xlarge" } };

        (await Should.ThrowAsync<AwsException>(() => cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, change))).Code.ShouldBe("IncorrectInstanceState");
        await cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id] });
        await cloud.UntilAsync(instance.Id, InstanceState.Stopped);
        await cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, change);
        await cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [instance.Id] });

        var scaled = await cloud.UntilAsync(instance.Id, InstanceState.Running);
        scaled.InstanceType.ShouldBe("c5.xlarge");
        (scaled.VCpus, scaled.MemoryMiB).ShouldBe((4, 8192));
        scaled.VolumeIds.ShouldBe(instance.VolumeIds);
        scaled.PrivateIpAddress.ShouldBe(instance.PrivateIpAddress);
        cloud.Compute.Ledger.UsedOn("host-1").MemoryMiB.ShouldBe(8192);
    }

    [Fact]
    public async Task A_terminated_server_leaves_nothing_but_its_name_and_the_disks_that_it_shall_leave()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var kept = new BlockDeviceMapping { DeviceName = "/dev/sdf", Ebs = new EbsBlockDevice { VolumeSize = 1, DeleteOnTermination = false } };
        var instance = await cloud.RunningAsync(input => input with { BlockDeviceMappings = [kept] });

        var ending = await cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [instance.Id] });
        ending.TerminatingInstances![0].CurrentState!.Name.ShouldBe("shutting-down");
        await cloud.UntilAsync(instance.Id, InstanceState.Terminated);

        var gone = await cloud.DescribeAsync(instance.Id);
        gone.State!.Code.ShouldBe(48);
        gone.PrivateIpAddress.ShouldBeNull();
        gone.NetworkInterfaces.ShouldBeEmpty();
        gone.BlockDeviceMappings.ShouldBeEmpty();
        cloud.Cloud.ListAll(NetworkInterface.Table).ShouldBeEmpty();
        cloud.Cloud.ListAll(PrivateAddress.Table).ShouldBeEmpty();
        cloud.Cloud.ListAll(PublicAddress.Table).ShouldBeEmpty();
        await Poll.UntilAsync(() => cloud.Cloud.ListAll(Volume.Table).Count() == 1, "the root disk is gone", CancellationToken.None);
        var volumes = await cloud.CallAsync(Ec2Api.DescribeVolumes, new DescribeVolumesRequest());
        volumes.Volumes![0].State.ShouldBe("available");
        cloud.Compute.Ledger.UsedOn("host-1").ShouldBe(default);
    }

    [Fact]
    public async Task A_stopped_server_is_terminated_at_once()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync();
        await cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id] });
        await cloud.UntilAsync(instance.Id, InstanceState.Stopped);

        var ended = await cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [instance.Id] });

        ended.TerminatingInstances![0].CurrentState!.Name.ShouldBe("terminated");
        await Poll.UntilAsync(() => cloud.Cloud.Find(Control.Services.Ec2.Instances.Instance.Table, ComputeFixture.Account, instance.Id)!.HostId is null, "the host has let go", CancellationToken.None);
        await Poll.UntilAsync(() => !cloud.Cloud.ListAll(Volume.Table).Any(), "its disk is gone", CancellationToken.None);
    }

    [Theory]
    [InlineData("stop", InstanceState.Stopped)]
    [InlineData("terminate", InstanceState.Terminated)]
    internal async Task A_guest_that_shuts_down_ends_as_was_asked_for(string behavior, InstanceState end)
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync(input => input with { InstanceInitiatedShutdownBehavior = behavior });
        cloud.Hosts[0].ShutDownGuest(instance.Id);

        var ended = await cloud.UntilAsync(instance.Id, end);
        ended.StateReason.ShouldBe(Control.Services.Ec2.Instances.StateReason.InstanceInitiatedShutdown);
    }

    [Fact]
    public async Task A_server_whose_hypervisor_dies_is_stopped_says_so_and_can_be_started()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync();
        cloud.Hosts[0].CrashMachine(instance.Id);

        (await cloud.UntilAsync(instance.Id, InstanceState.Stopped)).StateReason!.Code.ShouldBe("Server.InternalError");
        await cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [instance.Id] });
        await cloud.UntilAsync(instance.Id, InstanceState.Running);
    }

    [Fact]
    public async Task A_call_that_names_one_wrong_id_changes_nothing()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var instance = await cloud.RunningAsync();
        var fault = await Should.ThrowAsync<AwsException>(() =>
            cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id, "i-00000000000000000", "i-00000000000000001"] }));

        fault.Code.ShouldBe("InvalidInstanceID.NotFound");
        fault.Message.ShouldBe("The instance IDs 'i-00000000000000000, i-00000000000000001' do not exist");
        (await cloud.DescribeAsync(instance.Id)).State!.Name.ShouldBe("running");
    }

    [Fact]
    public async Task Protection_keeps_instances_from_being_stopped_and_terminated_in_their_zone()
    {
        await using var cloud = await ComputeFixture.CreateAsync();
        var kept = await cloud.RunningAsync(input => input with { DisableApiTermination = true, DisableApiStop = true, Placement = new Placement { AvailabilityZone = "us-east-1a" } });
        var beside = await cloud.RunningAsync(input => input with { Placement = new Placement { AvailabilityZone = "us-east-1a" } });
        var elsewhere = await cloud.RunningAsync(input => input with { Placement = new Placement { AvailabilityZone = "us-east-1b" } });

        (await Should.ThrowAsync<AwsException>(() => cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [kept.Id] }))).Code.ShouldBe("OperationNotPermitted");
        var fault = await Should.ThrowAsync<AwsException>(() =>
            cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = [kept.Id, beside.Id, elsewhere.Id] }));

        fault.Message.ShouldBe($"The instance '{kept.Id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.");
        await cloud.UntilAsync(elsewhere.Id, InstanceState.Terminated);
        (await cloud.DescribeAsync(kept.Id)).State!.Name.ShouldBe("running");
        (await cloud.DescribeAsync(beside.Id)).State!.Name.ShouldBe("running");
    }

    [Fact]
    public async Task Hundred_servers_on_four_hosts_all_run_and_all_end()
    {
        await using var cloud = await ComputeFixture.CreateAsync(hosts: 4);
        var ids = (await cloud.RunAsync(input => input with { MinCount = 100, MaxCount = 100 })).Instances!.Select(instance => instance.InstanceId!).ToArray();
        foreach (var id in ids)
        {
            await cloud.UntilAsync(id, InstanceState.Running);
        }

        Enumerable.Range(1, 4).Select(number => cloud.Compute.Ledger.UsedOn($"host-{number}").MemoryMiB).ShouldAllBe(used => used == 25 * 1024);
        await cloud.CallAsync(Ec2Api.TerminateInstances, new TerminateInstancesRequest { InstanceIds = ids });
        foreach (var id in ids)
        {
            await cloud.UntilAsync(id, InstanceState.Terminated);
        }

        cloud.Cloud.ListAll(PrivateAddress.Table).ShouldBeEmpty();
    }
}
