using Nines.Api.Ec2;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Firmware;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Host.Api;
using Image = Nines.Control.Services.Ec2.Images.Image;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;

namespace Nines.Control.Tests.Services.Ec2.Images;

/// <summary>Images of Windows, from their import to what is made of their servers.</summary>
public sealed class WindowsImageTests : IAsyncLifetime
{
    private ImageFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ImageFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task An_import_with_Windows_says_so_and_its_servers_have_devices_that_it_drives()
    {
        var image = await ImportedAsync();
        var told = (await _cloud.SeenAsync(image.Id))!;
        (told.Platform, told.PlatformDetails, told.UsageOperation, told.EnaSupport).ShouldBe(("windows", "Windows", "RunInstances:0002", false));
        (await _cloud.SeenAsync(image.Id, with: input => input with { Filters = [.. input.Filters!, new() { Name = "platform", Values = ["windows"] }] })).ShouldNotBeNull();
        (await _cloud.SeenAsync(ComputeFixture.ImageId, with: input => input with { Filters = [.. input.Filters!, new() { Name = "platform", Values = ["windows"] }] })).ShouldBeNull();

        var instance = await RunAsync(image.Id);
        FirmwareBoot.Find(instance.ImageDigest).ShouldBe(new FirmwareBoot(IsUefi: false, GuestPlatform.Windows, DeviceModel.Emulated));
        var server = await _cloud.Compute.DescribeAsync(instance.Id);
        (server.Platform, server.PlatformDetails, server.UsageOperation, server.EnaSupport).ShouldBe(("windows", "Windows", "RunInstances:0002", false));
        (await FoundAsync("platform", "windows")).ShouldBe([instance.Id]);
        (await FoundAsync("usage-operation", "RunInstances:0002")).ShouldBe([instance.Id]);
        var other = await _cloud.Compute.RunningAsync();
        (await FoundAsync("platform-details", "Linux/UNIX")).ShouldBe([other.Id]);
        (await _cloud.Compute.DescribeAsync(other.Id)).Platform.ShouldBeNull();
    }

    [Fact]
    public async Task What_is_made_of_it_has_Windows_too()
    {
        var image = await ImportedAsync();
        var instance = await RunAsync(image.Id);
        var made = await _cloud.AvailableAsync((await _cloud.CallAsync(Ec2Api.CreateImage, new CreateImageRequest { InstanceId = instance.Id, Name = "made", NoReboot = true })).ImageId!);
        var copied = await _cloud.AvailableAsync((await _cloud.CallAsync(Ec2Api.CopyImage, new CopyImageRequest { SourceImageId = made.Id, SourceRegion = "us-east-1", Name = "copied" })).ImageId!);
        var registered = await RegisteredAsync("registered", made, ena: null);
        foreach (var one in new[] { made, copied, registered })
        {
            (one.Platform, one.Devices, one.EnaSupport, one.Digest).ShouldBe((GuestPlatform.Windows, DeviceModel.Emulated, false, image.Digest), one.Name);
        }

        // As on AWS, whoever registers it says that the cloud's own adapters are driven.
        var able = await RegisteredAsync("able", made, ena: true);
        (able.Platform, able.Devices, FirmwareBoot.Find(able.Digest)).ShouldBe((GuestPlatform.Windows, DeviceModel.Virtio, new FirmwareBoot(IsUefi: false, GuestPlatform.Windows)));
    }

    [Fact]
    public async Task A_server_whose_drivers_were_installed_gets_virtio_at_its_next_start_and_may_go_back()
    {
        var instance = await RunAsync((await ImportedAsync()).Id);
        (await _cloud.RefusedAsync(Ec2Api.ModifyInstanceAttribute, Ena(instance.Id, true))).ShouldBe("IncorrectInstanceState");
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.Compute.UntilAsync(instance.Id, InstanceState.Stopped);

        await _cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, Ena(instance.Id, true));
        (await DevicesAsync(instance.Id)).ShouldBe((true, new FirmwareBoot(IsUefi: false, GuestPlatform.Windows)));
        var made = await _cloud.AvailableAsync((await _cloud.CallAsync(Ec2Api.CreateImage, new CreateImageRequest { InstanceId = instance.Id, Name = "able" })).ImageId!);
        (made.EnaSupport, made.Devices).ShouldBe((true, DeviceModel.Virtio));

        await _cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, Ena(instance.Id, false));
        (await DevicesAsync(instance.Id)).ShouldBe((false, new FirmwareBoot(IsUefi: false, GuestPlatform.Windows, DeviceModel.Emulated)));

        var linux = await _cloud.Compute.RunningAsync();
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [linux.Id] });
        await _cloud.Compute.UntilAsync(linux.Id, InstanceState.Stopped);
        (await _cloud.RefusedAsync(Ec2Api.ModifyInstanceAttribute, Ena(linux.Id, false))).ShouldBe("UnsupportedOperation");
        await _cloud.CallAsync(Ec2Api.ModifyInstanceAttribute, Ena(linux.Id, true));
        Find(linux.Id).ImageDigest.ShouldBe(linux.ImageDigest);
    }

    [Fact]
    public async Task Only_a_server_with_Windows_and_a_key_pair_has_a_password()
    {
        var image = await ImportedAsync();
        var instance = await _cloud.Compute.RunningAsync(input => input with { ImageId = image.Id, KeyName = ComputeFixture.KeyName });
        var password = (await PasswordAsync(instance.Id)).ShouldNotBeNull();
        Convert.FromBase64String(password).Length.ShouldBe(32);

        (await PasswordAsync((await RunAsync(image.Id)).Id)).ShouldBe("", "nothing can be encrypted without a key");
        (await PasswordAsync((await _cloud.Compute.RunningAsync(input => input with { KeyName = ComputeFixture.KeyName })).Id)).ShouldBe("");
    }

    [Fact]
    public async Task A_volume_with_two_copies_comes_and_goes_while_the_server_is_stopped()
    {
        var instance = await RunAsync((await ImportedAsync()).Id);
        var volume = (await _cloud.CallAsync(Ec2Api.CreateVolume, new CreateVolumeRequest { AvailabilityZone = instance.Zone, Size = 4, VolumeType = "io2", Iops = 100 })).VolumeId!;
        await _cloud.Compute.Cloud.WaitAsync(Volume.Table, ComputeFixture.Account, volume, one => one!.State is Control.Services.Ec2.Volumes.VolumeState.Available, ImageFixture.Soon());
        var attach = new AttachVolumeRequest { VolumeId = volume, InstanceId = instance.Id, Device = "/dev/sdf" };
        (await _cloud.RefusedAsync(Ec2Api.AttachVolume, attach)).ShouldBe("IncorrectState");

        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.Compute.UntilAsync(instance.Id, InstanceState.Stopped);
        await _cloud.CallAsync(Ec2Api.AttachVolume, attach);
        await _cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.Compute.UntilAsync(instance.Id, InstanceState.Running);
        (await _cloud.RefusedAsync(Ec2Api.DetachVolume, new DetachVolumeRequest { VolumeId = volume })).ShouldBe("IncorrectState");
    }

    [Fact]
    public async Task Capacity_that_is_reserved_for_Linux_is_not_for_Windows()
    {
        var image = await ImportedAsync();
        var reservation = (await _cloud.CallAsync(Ec2Api.CreateCapacityReservation, new CreateCapacityReservationRequest
        {
            InstanceType = "t3.micro", InstancePlatform = "Linux/UNIX", AvailabilityZone = "us-east-1a", InstanceCount = 1,
        })).CapacityReservation!.CapacityReservationId!;

        Find((await RunAsync(image.Id)).Id).CapacityReservationId.ShouldBeNull();

        var named = new RunInstancesRequest
        {
            ImageId = image.Id, InstanceType = "t3.micro", MinCount = 1, MaxCount = 1,
            CapacityReservationSpecification = new() { CapacityReservationTarget = new() { CapacityReservationId = reservation } },
        };
        (await _cloud.RefusedAsync(Ec2Api.RunInstances, named)).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task A_root_volume_is_not_replaced_by_another_platforms()
    {
        var windows = await ImportedAsync();
        var linux = await ImportedAsync(platform: null);
        var instance = await RunAsync(linux.Id);
        (await _cloud.RefusedAsync(Ec2Api.CreateReplaceRootVolumeTask, new CreateReplaceRootVolumeTaskRequest { InstanceId = instance.Id, ImageId = windows.Id })).ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task Variables_that_an_image_is_registered_with_go_to_the_host_until_the_first_start_is_over()
    {
        var image = await ImportedAsync();
        UefiVariable own = new("Own", new byte[16], UefiVariable.Lasting, new byte[16], [1, 2, 3]);
        var asked = Registration("variables", image) with { BootMode = "uefi", UefiData = UefiData.Write([own]) };
        (await _cloud.RefusedAsync(Ec2Api.RegisterImage, asked with { BootMode = null })).ShouldBe("InvalidParameterCombination");
        (await _cloud.RefusedAsync(Ec2Api.RegisterImage, asked with { UefiData = "bm9uZQ==" })).ShouldBe("InvalidParameterValue");
        (await _cloud.RefusedAsync(Ec2Api.RegisterImage, asked with { UefiData = new string('A', 64004) })).ShouldBe("InvalidParameterValue");
        (await _cloud.RefusedAsync(Ec2Api.RegisterImage, asked with { UefiData = UefiData.Write([own with { Data = new byte[200 << 10] }]) })).ShouldBe("InvalidParameterValue", "no firmware has room for that");

        var registered = await _cloud.AvailableAsync((await _cloud.CallAsync(Ec2Api.RegisterImage, asked)).ImageId!);
        var told = await _cloud.CallAsync(Ec2Api.DescribeImageAttribute, new DescribeImageAttributeRequest { ImageId = registered.Id, Attribute = "uefiData" });
        told.UefiData!.Value.ShouldBe(asked.UefiData);
        var copied = await _cloud.AvailableAsync((await _cloud.CallAsync(Ec2Api.CopyImage, new CopyImageRequest { SourceImageId = registered.Id, SourceRegion = "us-east-1", Name = "copied" })).ImageId!);
        copied.UefiData.ShouldBe(asked.UefiData);

        var instance = await RunAsync(registered.Id);
        Spec(instance with { HasRun = false }).UefiVariables.ShouldBe(Convert.ToBase64String(UefiVariableStore.Write([own])));
        Spec(instance).UefiVariables.ShouldBeNull("they are the server's own by now");
    }

    private static VmSpec Spec(Instance instance) => HostStateRenderer.Vm(instance, [], [], [], "us-east-1", "use1-az1");

    private static RegisterImageRequest Registration(string name, Image source) => new()
    {
        Name = name,
        RootDeviceName = "/dev/sda1",
        BlockDeviceMappings = [new() { DeviceName = "/dev/sda1", Ebs = new() { SnapshotId = source.RootSnapshotId } }],
    };

    private Task<Instance> RunAsync(string image) => _cloud.Compute.RunningAsync(input => input with { ImageId = image });

    private Instance Find(string id) => _cloud.Compute.Cloud.Find(Instance.Table, ComputeFixture.Account, id)!;

    private async Task<(bool?, FirmwareBoot?)> DevicesAsync(string id) => ((await _cloud.Compute.DescribeAsync(id)).EnaSupport, FirmwareBoot.Find(Find(id).ImageDigest));

    private static ModifyInstanceAttributeRequest Ena(string id, bool value) => new() { InstanceId = id, EnaSupport = new() { Value = value } };

    private async Task<string?> PasswordAsync(string id) => (await _cloud.CallAsync(Ec2Api.GetPasswordData, new GetPasswordDataRequest { InstanceId = id })).PasswordData;

    private async Task<IEnumerable<string?>> FoundAsync(string filter, string value) =>
        (await _cloud.CallAsync(Ec2Api.DescribeInstances, new DescribeInstancesRequest { Filters = [new() { Name = filter, Values = [value] }] })).Reservations!
            .SelectMany(reservation => reservation.Instances!).Select(instance => instance.InstanceId);

    private async Task<Image> RegisteredAsync(string name, Image source, bool? ena) =>
        await _cloud.AvailableAsync((await _cloud.CallAsync(Ec2Api.RegisterImage, Registration(name, source) with { EnaSupport = ena })).ImageId!);

    private async Task<Image> ImportedAsync(string? platform = "Windows")
    {
        _cloud.Compute.PutFile("disks", "a.vhdx");
        var task = await _cloud.CallAsync(Ec2Api.ImportImage, new ImportImageRequest { Platform = platform, DiskContainers = [new() { Url = "s3://disks/a.vhdx" }] });
        (task.Platform, task.UsageOperation).ShouldBe(platform is null ? ("Linux", "RunInstances") : ("Windows", "RunInstances:0002"));
        var done = await _cloud.Compute.Cloud.WaitAsync(ImportTask.Table, ComputeFixture.Account, task.ImportTaskId!, one => one!.State is ImportTaskState.Completed, ImageFixture.Soon());
        return await _cloud.AvailableAsync(done!.ImageId!);
    }
}
