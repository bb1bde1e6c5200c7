using Nines.Api.Ec2;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using Nines.Wire.Schemas;
using Image = Nines.Control.Services.Ec2.Images.Image;
using ImageState = Nines.Control.Services.Ec2.Images.ImageState;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;
using SnapshotState = Nines.Control.Services.Ec2.Snapshots.SnapshotState;

namespace Nines.Control.Tests.Services.Ec2.Images;

/// <summary>A cloud whose servers become images.</summary>
internal sealed class ImageFixture : IAsyncDisposable
{
    private ImageFixture(ComputeFixture compute) => Compute = compute;

    public ComputeFixture Compute { get; }

    public static async Task<ImageFixture> CreateAsync(int hosts = 1)
    {
        var compute = await ComputeFixture.CreateAsync(hosts);
        await compute.AddOtherAccountAsync();
        return new ImageFixture(compute);
    }

    public ValueTask DisposeAsync() => Compute.DisposeAsync();

    /// <summary>Makes an image of a new server with a data disk, and waits until it is available.</summary>
    public async Task<Image> MadeAsync(string name, Func<CreateImageRequest, CreateImageRequest>? with = null)
    {
        var instance = await Compute.RunningAsync(input => input with { BlockDeviceMappings = [new() { DeviceName = "/dev/sdf", Ebs = new EbsBlockDevice { VolumeSize = 3 } }] });
        var request = new CreateImageRequest { InstanceId = instance.Id, Name = name };
        return await AvailableAsync((await Compute.CallAsync(Ec2Api.CreateImage, with?.Invoke(request) ?? request)).ImageId!);
    }

    public async Task<Image> AvailableAsync(string id, string account = ComputeFixture.Account) =>
        (await Compute.Cloud.WaitAsync(Image.Table, account, id, image => image is { State: ImageState.Available }, Soon()))!;

    public async Task<Snapshot> CompletedAsync(string id) =>
        (await Compute.Cloud.WaitAsync(Snapshot.Table, ComputeFixture.Account, id, snapshot => snapshot is { State: SnapshotState.Completed }, Soon()))!;

    public Snapshot? FindSnapshot(string id, string account = ComputeFixture.Account) => Compute.Cloud.Find(Snapshot.Table, account, id);

    public Task<TOut> CallAsync<TIn, TOut>(Operation<TIn, TOut> operation, TIn input, string account = ComputeFixture.Account)
        where TIn : IShape<TIn>
        where TOut : IShape<TOut> => Compute.CallAsync(operation, input, account);

    /// <summary>The code with which a call is refused.</summary>
    public async Task<string> RefusedAsync<TIn, TOut>(Operation<TIn, TOut> operation, TIn input, string account = ComputeFixture.Account)
        where TIn : IShape<TIn>
        where TOut : IShape<TOut> => (await Should.ThrowAsync<AwsException>(() => Compute.CallAsync(operation, input, account))).Code;

    /// <summary>What an account sees of an image; <see langword="null"/> when nothing.</summary>
    public async Task<Api.Ec2.Image?> SeenAsync(string id, string account = ComputeFixture.Account, Func<DescribeImagesRequest, DescribeImagesRequest>? with = null)
    {
        var request = new DescribeImagesRequest { Filters = [new Filter { Name = "image-id", Values = [id] }] };
        return (await CallAsync(Ec2Api.DescribeImages, with?.Invoke(request) ?? request, account)).Images!.SingleOrDefault();
    }

    public static CancellationToken Soon() => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
}
