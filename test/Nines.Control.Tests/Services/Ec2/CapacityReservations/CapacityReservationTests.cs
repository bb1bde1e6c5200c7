using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using CapacityReservation = Nines.Control.Services.Ec2.CapacityReservations.CapacityReservation;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Tests.Services.Ec2.CapacityReservations;

/// <summary>Capacity that is one account's, on a host with room for three instances of two GiB.</summary>
public sealed class CapacityReservationTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await ComputeFixture.CreateAsync(configure: options => options with { MemoryMiB = 8192 });
        await _cloud.AddOtherAccountAsync();
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task What_is_reserved_is_given_to_nobody_else()
    {
        var reservation = await CreateAsync(3);
        (reservation.State, reservation.TotalInstanceCount, reservation.AvailableInstanceCount, reservation.AvailabilityZoneId).ShouldBe(("active", 3, 3, "use1-az1"));
        (await RefusalOf(() => RunAsync(1, account: ComputeFixture.OtherAccount))).ShouldBe("InsufficientInstanceCapacity");
        (await RefusalOf(() => RunAsync(1, new() { CapacityReservationPreference = "none" }))).ShouldBe("InsufficientInstanceCapacity");
        (await RefusalOf(() => CreateAsync(1))).ShouldBe("InsufficientInstanceCapacity");

        // An open reservation takes what fits without being named.
        var launched = await RunAsync(2);
        launched.ShouldAllBe(instance => instance.CapacityReservationId == reservation.CapacityReservationId);
        var usage = await UsageAsync(reservation);
        (usage.AvailableInstanceCount, usage.InstanceUsages![0].UsedInstanceCount, usage.InstanceUsages[0].AccountId).ShouldBe((1, 2, ComputeFixture.Account));

        await CancelAsync(reservation);
        (await _cloud.DescribeAsync(launched[0].InstanceId!)).CapacityReservationId.ShouldBeNull();
        (await RunAsync(1, account: ComputeFixture.OtherAccount)).ShouldHaveSingleItem();
        (await DescribeAsync(reservation)).State.ShouldBe("cancelled");
        (await RefusalOf(() => CancelAsync(reservation))).ShouldBe("InvalidCapacityReservationState");
    }

    [Fact]
    public async Task Those_that_fit_run_in_it_and_the_others_outside()
    {
        var reservation = await CreateAsync(1);
        var launched = await RunAsync(2);
        launched.Select(instance => instance.CapacityReservationId).ShouldBe([reservation.CapacityReservationId, null], ignoreOrder: true);
    }

    [Fact]
    public async Task A_reservation_that_is_made_later_takes_in_what_runs()
    {
        var id = (await RunAsync(1))[0].InstanceId!;
        var reservation = await CreateAsync(3);
        (reservation.AvailableInstanceCount, (await _cloud.DescribeAsync(id)).CapacityReservationId).ShouldBe((2, reservation.CapacityReservationId));
    }

    [Fact]
    public async Task A_targeted_one_is_for_those_that_name_it()
    {
        var reservation = await CreateAsync(1, request => request with { InstanceMatchCriteria = "targeted" });
        (await RunAsync(1))[0].CapacityReservationId.ShouldBeNull();
        var named = new CapacityReservationSpecification { CapacityReservationTarget = new() { CapacityReservationId = reservation.CapacityReservationId } };
        var inside = (await RunAsync(1, named))[0];
        (inside.CapacityReservationId, inside.CapacityReservationSpecification!.CapacityReservationTarget!.CapacityReservationId).ShouldBe((reservation.CapacityReservationId, reservation.CapacityReservationId));
        (await RefusalOf(() => RunAsync(1, named))).ShouldBe("ReservationCapacityExceeded");
        (await RefusalOf(() => RunAsync(1, named, type: "t3.micro"))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => RunAsync(1, named, zone: "us-east-1b"))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => RunAsync(1, new() { CapacityReservationTarget = new() { CapacityReservationId = "cr-0123456789abcdef0" } }))).ShouldBe("InvalidCapacityReservationId.NotFound");
        await CancelAsync(reservation);
        (await RefusalOf(() => RunAsync(1, named))).ShouldBe("InvalidCapacityReservationState");
    }

    [Fact]
    public async Task A_stopped_instance_gives_its_place_back_and_chooses_again()
    {
        var reservation = await CreateAsync(3);
        var id = (await RunAsync(1))[0].InstanceId!;
        await _cloud.UntilAsync(id, InstanceState.Running);
        (await RefusalOf(() => ChooseAsync(id, new() { CapacityReservationPreference = "none" }))).ShouldBe("IncorrectInstanceState");
        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [id] });
        await _cloud.UntilAsync(id, InstanceState.Stopped);
        (await UsageAsync(reservation)).AvailableInstanceCount.ShouldBe(3);
        await ChooseAsync(id, new() { CapacityReservationPreference = "none" });
        (await RefusalOf(() => StartAsync(id))).ShouldBe("InsufficientInstanceCapacity");
        await ChooseAsync(id, new() { CapacityReservationTarget = new() { CapacityReservationId = reservation.CapacityReservationId } });
        await StartAsync(id);
        (await _cloud.DescribeAsync(id)).CapacityReservationId.ShouldBe(reservation.CapacityReservationId);
        (await UsageAsync(reservation)).AvailableInstanceCount.ShouldBe(2);
    }

    [Fact]
    public async Task It_grows_and_shrinks_as_far_as_there_is_room()
    {
        var reservation = await CreateAsync(1);
        await RunAsync(1);
        await ModifyAsync(reservation, request => request with { InstanceCount = 3 });
        (await RefusalOf(() => ModifyAsync(reservation, request => request with { InstanceCount = 4 }))).ShouldBe("InsufficientInstanceCapacity");
        (await DescribeAsync(reservation)).TotalInstanceCount.ShouldBe(3);
        await RunAsync(1);
        (await RefusalOf(() => ModifyAsync(reservation, request => request with { InstanceCount = 1 }))).ShouldBe("InvalidParameterValue");
        await ModifyAsync(reservation, request => request with { InstanceCount = 2, InstanceMatchCriteria = "targeted" });
        var told = await DescribeAsync(reservation);
        (told.TotalInstanceCount, told.AvailableInstanceCount, told.InstanceMatchCriteria).ShouldBe((2, 0, "targeted"));
        (await RunAsync(1, account: ComputeFixture.OtherAccount)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Places_that_are_free_go_to_another_reservation()
    {
        var reservation = await CreateAsync(3, request => request with { InstanceMatchCriteria = "targeted" });
        var named = new CapacityReservationSpecification { CapacityReservationTarget = new() { CapacityReservationId = reservation.CapacityReservationId } };
        var split = await _cloud.CallAsync(
            Ec2Api.CreateCapacityReservationBySplitting, new CreateCapacityReservationBySplittingRequest { SourceCapacityReservationId = reservation.CapacityReservationId, InstanceCount = 1 });
        var other = split.DestinationCapacityReservation!;
        (split.SourceCapacityReservation!.TotalInstanceCount, other.TotalInstanceCount, other.InstanceMatchCriteria).ShouldBe((2, 1, "targeted"));
        (await RefusalOf(() => RunAsync(1, account: ComputeFixture.OtherAccount))).ShouldBe("InsufficientInstanceCapacity");
        await RunAsync(1, named);
        (await RefusalOf(() => MoveAsync(reservation, other, 2))).ShouldBe("InvalidParameterValue");
        var moved = await MoveAsync(reservation, other, 1);
        (moved.SourceCapacityReservation!.TotalInstanceCount, moved.DestinationCapacityReservation!.TotalInstanceCount, moved.DestinationCapacityReservation.AvailableInstanceCount).ShouldBe((1, 2, 2));
        (await RefusalOf(() => RunAsync(1, named))).ShouldBe("ReservationCapacityExceeded");
        (await RefusalOf(() => RunAsync(1, account: ComputeFixture.OtherAccount))).ShouldBe("InsufficientInstanceCapacity");
        (await RefusalOf(() => _cloud.CallAsync(
            Ec2Api.CreateCapacityReservationBySplitting, new CreateCapacityReservationBySplittingRequest { SourceCapacityReservationId = other.CapacityReservationId, InstanceCount = 2 }))).ShouldBe("InvalidParameterValue");
        (await MoveAsync(other, reservation, 2)).SourceCapacityReservation!.State.ShouldBe("cancelled");
        (await DescribeAsync(reservation)).TotalInstanceCount.ShouldBe(3);
    }

    [Fact]
    public async Task Launches_and_reservations_at_the_same_time_share_no_room()
    {
        var attempts = Enumerable.Range(0, 12).Select(number => Task.Run(async () =>
        {
            try
            {
                await (number % 2 == 0 ? CreateAsync(1, request => request with { InstanceMatchCriteria = "targeted" }) : (Task)RunAsync(1, account: ComputeFixture.OtherAccount));
                return true;
            }
            catch (AwsException refusal) when (refusal.Code == "InsufficientInstanceCapacity")
            {
                return false;
            }
        }));
        (await Task.WhenAll(attempts)).Count(done => done).ShouldBe(3);
    }

    [Fact]
    public async Task It_ends_at_its_date()
    {
        var reservation = await CreateAsync(3, request => request with { EndDateType = "limited", EndDate = TimeProvider.System.GetUtcNow().AddSeconds(1) });
        var id = (await RunAsync(1))[0].InstanceId!;
        await _cloud.Cloud.WaitAsync(CapacityReservation.Table, ComputeFixture.Account, reservation.CapacityReservationId!, known => known?.State == ReservationState.Expired, Cancel);
        _cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, id)!.CapacityReservationId.ShouldBeNull();
        (await DescribeAsync(reservation)).State.ShouldBe("expired");
        (await RunAsync(2, account: ComputeFixture.OtherAccount)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Wrong_requests_are_refused_and_a_repeat_is_the_same()
    {
        (await RefusalOf(() => CreateAsync(1, request => request with { InstancePlatform = "Windows" }))).ShouldBe("UnsupportedOperation");
        (await RefusalOf(() => CreateAsync(1, request => request with { InstancePlatform = "BeOS" }))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => CreateAsync(0))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => CreateAsync(1, request => request with { EndDateType = "limited" }))).ShouldBe("MissingParameter");
        (await RefusalOf(() => CreateAsync(1, request => request with { EndDate = DateTimeOffset.UnixEpoch }))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => CreateAsync(1, request => request with { DryRun = true }))).ShouldBe("DryRunOperation");
        var first = await CreateAsync(1, request => request with { ClientToken = "once" });
        (await CreateAsync(1, request => request with { ClientToken = "once" })).CapacityReservationId.ShouldBe(first.CapacityReservationId);
        (await RefusalOf(() => CreateAsync(2, request => request with { ClientToken = "once" }))).ShouldBe("IdempotentParameterMismatch");
    }

    private static async Task<string> RefusalOf(Func<Task> call) => (await call.ShouldThrowAsync<AwsException>()).Code;

    private async Task<Api.Ec2.CapacityReservation> CreateAsync(int count, Func<CreateCapacityReservationRequest, CreateCapacityReservationRequest>? with = null)
    {
        var request = new CreateCapacityReservationRequest { InstanceType = "t3.small", InstancePlatform = "Linux/UNIX", AvailabilityZone = "us-east-1a", InstanceCount = count };
        return (await _cloud.CallAsync(Ec2Api.CreateCapacityReservation, with?.Invoke(request) ?? request)).CapacityReservation!;
    }

    private async Task<IReadOnlyList<Api.Ec2.Instance>> RunAsync(
        int count, CapacityReservationSpecification? capacity = null, string account = ComputeFixture.Account, string type = "t3.small", string zone = "us-east-1a") =>
        (await _cloud.CallAsync(
            Ec2Api.RunInstances,
            new RunInstancesRequest
            {
                ImageId = ComputeFixture.ImageId, InstanceType = type, MinCount = count, MaxCount = count, Placement = new() { AvailabilityZone = zone }, CapacityReservationSpecification = capacity,
            },
            account)).Instances!;

    private Task<MoveCapacityReservationInstancesResult> MoveAsync(Api.Ec2.CapacityReservation source, Api.Ec2.CapacityReservation destination, int count) => _cloud.CallAsync(
        Ec2Api.MoveCapacityReservationInstances,
        new MoveCapacityReservationInstancesRequest
        {
            SourceCapacityReservationId = source.CapacityReservationId, DestinationCapacityReservationId = destination.CapacityReservationId, InstanceCount = count,
        });

    private Task StartAsync(string id) => _cloud.CallAsync(Ec2Api.StartInstances, new StartInstancesRequest { InstanceIds = [id] });

    private Task ChooseAsync(string id, CapacityReservationSpecification choice) => _cloud.CallAsync(
        Ec2Api.ModifyInstanceCapacityReservationAttributes, new ModifyInstanceCapacityReservationAttributesRequest { InstanceId = id, CapacityReservationSpecification = choice });

    private Task CancelAsync(Api.Ec2.CapacityReservation reservation) =>
        _cloud.CallAsync(Ec2Api.CancelCapacityReservation, new CancelCapacityReservationRequest { CapacityReservationId = reservation.CapacityReservationId });

    private Task ModifyAsync(Api.Ec2.CapacityReservation reservation, Func<ModifyCapacityReservationRequest, ModifyCapacityReservationRequest> with) =>
        _cloud.CallAsync(Ec2Api.ModifyCapacityReservation, with(new ModifyCapacityReservationRequest { CapacityReservationId = reservation.CapacityReservationId }));

    private async Task<Api.Ec2.CapacityReservation> DescribeAsync(Api.Ec2.CapacityReservation reservation) => (await _cloud.CallAsync(
        Ec2Api.DescribeCapacityReservations, new DescribeCapacityReservationsRequest { CapacityReservationIds = [reservation.CapacityReservationId!] })).CapacityReservations!.Single();

    private Task<GetCapacityReservationUsageResult> UsageAsync(Api.Ec2.CapacityReservation reservation) =>
        _cloud.CallAsync(Ec2Api.GetCapacityReservationUsage, new GetCapacityReservationUsageRequest { CapacityReservationId = reservation.CapacityReservationId });
}
